// Alertmanager's HTTP API, version 2, as a page. All that comes from the API enters the page as text, never as HTML.

const refreshMilliseconds = 10_000;
const byId = id => document.getElementById(id);

// ---- The API ----------------------------------------------------------------------------------------------------

async function request(path, options) {
  let response;
  try {
    response = await fetch(`api/v2/${path}`, { ...options, cache: 'no-store', signal: AbortSignal.timeout(15_000) });
  } catch (error) {
    throw new Error(`Alertmanager does not answer (${error.message}).`);
  }
  const text = await response.text();
  if (!response.ok) throw new Error(`Alertmanager refused: ${reason(text) || response.statusText || response.status}`);
  return text === '' ? null : JSON.parse(text);
}

// Errors are a JSON string, or an object with a message, depending on what failed.
function reason(text) {
  try {
    const body = JSON.parse(text);
    return typeof body === 'string' ? body : body.message ?? text;
  } catch {
    return text;
  }
}

const createSilence = silence =>
  request('silences', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(silence) });
const expireSilence = id => request(`silence/${encodeURIComponent(id)}`, { method: 'DELETE' });

// ---- Building blocks --------------------------------------------------------------------------------------------

// Properties go to the element's own properties, so a string is text there and cannot become markup.
function element(name, properties, ...children) {
  const node = document.createElement(name);
  const { data, ...own } = properties ?? {};
  Object.assign(node, own);
  Object.assign(node.dataset, data);
  node.append(...children.filter(child => child !== null && child !== undefined));
  return node;
}

const button = (text, key, onclick, label) => {
  const node = element('button', { type: 'button', onclick, data: { key } }, text);
  if (label) node.setAttribute('aria-label', label);
  return node;
};

const labelList = labels => element('ul', { className: 'labels' },
  ...Object.entries(labels).sort(([a], [b]) => a < b ? -1 : 1).map(([name, value]) => element('li', null, `${name}="${value}"`)));

const definitions = pairs => element('dl', null, ...pairs.flatMap(([term, detail]) => [element('dt', null, term), element('dd', null, detail)]));

const nothing = text => element('p', { className: 'none' }, text);

// Only addresses that a browser fetches: a label or URL may come from anywhere, and "javascript:" is an address, too.
function link(url, text) {
  let parsed;
  try { parsed = new URL(url); } catch { return null; }
  return ['http:', 'https:'].includes(parsed.protocol) ? element('a', { href: parsed.href, rel: 'noreferrer' }, text) : null;
}

function duration(milliseconds) {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ${Math.floor(seconds % 3600 / 60)} min`;
  return `${Math.floor(seconds / 86_400)} d ${Math.floor(seconds % 86_400 / 3600)} h`;
}

function relative(moment) {
  const difference = Date.now() - moment;
  return difference >= 0 ? `${duration(difference)} ago` : `in ${duration(-difference)}`;
}

function time(text) {
  const moment = new Date(text);
  return element('time', { dateTime: text, title: moment.toLocaleString() }, relative(moment));
}

const refreshTimes = () => document.querySelectorAll('time').forEach(node => { node.textContent = relative(new Date(node.dateTime)); });

const matcherText = ({ name, value, isRegex, isEqual }) => `${name}${operatorOf(isRegex, isEqual ?? true)}"${value}"`;
const operatorOf = (isRegex, isEqual) => isRegex ? (isEqual ? '=~' : '!~') : (isEqual ? '=' : '!=');

// ---- Alerts -----------------------------------------------------------------------------------------------------

function drawAlerts(groups) {
  const all = byId('show-silenced').checked && byId('show-inhibited').checked;
  byId('alert-groups').replaceChildren(...groups.length > 0 ? groups.map(alertGroup)
    : [nothing(all ? 'No alert fires.' : 'No alert fires, apart from any that are silenced or inhibited.')]);
  const states = groups.flatMap(group => group.alerts).map(alert => alert.status.state);
  say(states.length === 1 ? '1 alert is shown.' : `${states.length} alerts are shown.`);
}

function alertGroup(group) {
  const labels = Object.entries(group.labels);
  return element('section', { className: 'group' },
    element('h3', null,
      ...labels.length === 0 ? ['Ungrouped'] : labels.map(([name, value]) => element('span', { className: 'chip' }, `${name}="${value}"`)),
      element('span', { className: 'receiver' }, `to ${group.receiver.name}`)),
    ...group.alerts.map(alertCard));
}

function alertCard(alert) {
  const { alertname = '(no name)', severity } = alert.labels;
  const known = ['critical', 'warning', 'info'].includes(severity) ? severity : '';
  const { state, silencedBy, inhibitedBy } = alert.status;
  const { summary, ...annotations } = alert.annotations;
  const source = link(alert.generatorURL, 'Source');
  return element('article', { className: `card ${known}` },
    element('div', { className: 'bar' },
      element('h4', null, alertname),
      severity ? element('span', { className: 'severity' }, severity) : null,
      state === 'active' ? null : element('span', { className: 'chip' }, silencedBy.length > 0 ? 'silenced' : inhibitedBy.length > 0 ? 'inhibited' : state),
      element('span', { className: 'when' }, 'began ', time(alert.startsAt)),
      source,
      button('Silence…', `silence ${alert.fingerprint}`,
        () => openSilenceDialog(Object.entries(alert.labels).map(([name, value]) => ({ name, value, isRegex: false, isEqual: true }))),
        `Silence ${alertname}…`)),
    summary ? element('p', null, summary) : null,
    Object.keys(annotations).length > 0 ? definitions(Object.entries(annotations).map(([name, text]) => [name, link(text, text) ?? text])) : null,
    labelList(alert.labels));
}

// ---- Silences ---------------------------------------------------------------------------------------------------

const silenceOrder = ['active', 'pending', 'expired'];

function drawSilences(silences) {
  const shown = silences
    .filter(silence => byId('show-expired').checked || silence.status.state !== 'expired')
    .sort((a, b) => silenceOrder.indexOf(a.status.state) - silenceOrder.indexOf(b.status.state) || (a.endsAt < b.endsAt ? -1 : 1));
  byId('silence-list').replaceChildren(...shown.length === 0 ? [nothing('No silence.')] : shown.map(silenceCard));
  say(shown.length === 1 ? '1 silence is shown.' : `${shown.length} silences are shown.`);
}

function silenceCard(silence) {
  const { state } = silence.status;
  return element('article', { className: 'card' },
    element('div', { className: 'bar' },
      element('h3', null, state),
      element('span', { className: 'when' },
        ...state === 'pending' ? ['begins ', time(silence.startsAt), ', '] : [], state === 'expired' ? 'ended ' : 'ends ', time(silence.endsAt)),
      state === 'expired' ? null : button('Expire', `expire ${silence.id}`, () => expire(silence), `Expire the silence “${silence.comment}”`)),
    element('p', null, silence.comment),
    element('p', { className: 'when' }, `by ${silence.createdBy}`),
    element('ul', { className: 'labels' }, ...silence.matchers.map(matcher => element('li', null, matcherText(matcher)))));
}

async function expire(silence) {
  if (!confirm(`End this silence now?\n\n${silence.matchers.map(matcherText).join(', ')}\n${silence.comment}`)) return;
  try {
    await expireSilence(silence.id);
  } catch (error) {
    complain(error);
    return;
  }
  await refresh();
}

// ---- The dialog for a new silence -------------------------------------------------------------------------------

const dialog = byId('silence-dialog');

function openSilenceDialog(matchers) {
  byId('matchers').replaceChildren(...matchers.map(matcherRow));
  byId('creator').value = localStorage.getItem('creator') ?? '';
  byId('comment').value = '';
  show(byId('silence-problem'), '');
  dialogChanged();
  dialog.showModal();
}

function matcherRow({ name, value, isRegex, isEqual }) {
  const field = (label, node) => { node.setAttribute('aria-label', label); return node; };
  const row = element('div', { className: 'matcher' },
    field('Label', element('input', { value: name, required: true, placeholder: 'label' })),
    field('Operator', element('select', null, ...['=', '!=', '=~', '!~'].map(text => element('option', null, text)))),
    field('Value', element('input', { value, placeholder: 'value' })),
    button('Remove', '', () => { row.remove(); byId('add-matcher').focus(); dialogChanged(); }, `Remove the matcher ${name}`));
  row.querySelector('select').value = operatorOf(isRegex, isEqual);
  return row;
}

const dialogMatchers = () => [...byId('matchers').children].map(row => {
  const [name, operator, value] = row.querySelectorAll('input, select');
  return { name: name.value, value: value.value, isRegex: operator.value.endsWith('~'), isEqual: operator.value.startsWith('=') };
});

const silenceEnd = () => new Date(Date.now() + byId('duration').valueAsNumber * Number(byId('unit').value));

// What a silence would hide is better seen before than after. Only the last answer counts.
let preview = 0;
async function dialogChanged() {
  const end = silenceEnd();
  byId('until').textContent = Number.isNaN(end.valueOf()) ? '' : `until ${end.toLocaleString()}`;
  const mine = ++preview;
  const matchers = dialogMatchers();
  let text = matchers.length === 0 ? 'Add at least one matcher.' : 'Every matcher needs the name of a label.';
  if (matchers.length > 0 && matchers.every(matcher => matcher.name !== '')) {
    try {
      const filters = matchers.map(matcher => `filter=${encodeURIComponent(`${matcher.name}${operatorOf(matcher.isRegex, matcher.isEqual)}${JSON.stringify(matcher.value)}`)}`);
      const alerts = await request(`alerts?${filters.join('&')}`);
      text = `Matches ${alerts.length} of the present alerts.`;
    } catch (error) {
      text = error.message;
    }
  }
  if (mine === preview) byId('affected').textContent = text;
}

byId('silence-form').addEventListener('submit', async event => {
  event.preventDefault();
  const matchers = dialogMatchers();
  if (matchers.length === 0) {
    show(byId('silence-problem'), 'Add at least one matcher: a silence of everything is not possible.');
    return;
  }
  try {
    await createSilence({
      matchers,
      startsAt: new Date().toISOString(),
      endsAt: silenceEnd().toISOString(),
      createdBy: byId('creator').value,
      comment: byId('comment').value,
    });
  } catch (error) {
    show(byId('silence-problem'), error.message);
    return;
  }
  localStorage.setItem('creator', byId('creator').value);
  dialog.close();
  await refresh();
});

byId('silence-form').addEventListener('input', dialogChanged);
byId('new-silence').addEventListener('click', () => openSilenceDialog([{ name: '', value: '', isRegex: false, isEqual: true }]));
byId('cancel-silence').addEventListener('click', () => dialog.close());
byId('add-matcher').addEventListener('click', () => {
  byId('matchers').append(matcherRow({ name: '', value: '', isRegex: false, isEqual: true }));
  byId('matchers').lastElementChild.querySelector('input').focus();
  dialogChanged();
});

// ---- Status -----------------------------------------------------------------------------------------------------

function drawStatus(status) {
  const { version, revision, goVersion } = status.versionInfo;
  byId('status-details').replaceChildren(
    definitions([
      ['Version', version],
      ['Revision', revision],
      ['Built with', goVersion],
      ['Up since', time(status.uptime)],
      ['Cluster', [status.cluster.status, ...status.cluster.peers?.length ? [`${status.cluster.peers.length} peers`] : []].join(', ')],
    ]),
    element('h3', null, 'Configuration'),
    element('pre', { tabIndex: 0 }, status.config.original));
  say(`Alertmanager ${version}.`);
}

// ---- The page ---------------------------------------------------------------------------------------------------

const pages = {
  alerts: {
    path: () => `alerts/groups?silenced=${byId('show-silenced').checked}&inhibited=${byId('show-inhibited').checked}`,
    draw: drawAlerts,
  },
  silences: { path: () => 'silences', draw: drawSilences },
  status: { path: () => 'status', draw: drawStatus },
};

let page = '';
let drawn = '';
let timer = 0;
let latest = 0;

const show = (node, text) => { node.textContent = text; node.hidden = text === ''; };
const complain = error => show(byId('problem'), `${error.message} Trying again every ${refreshMilliseconds / 1000} s.`);

function say(text) {
  if (byId('summary').textContent !== text) byId('summary').textContent = text;
}

async function refresh() {
  clearTimeout(timer);
  const mine = ++latest;
  const { path, draw } = pages[page];
  try {
    const answer = await request(path());
    if (mine !== latest) return;
    redraw(draw, answer);
    show(byId('problem'), '');
    byId('refreshed').textContent = `As of ${new Date().toLocaleTimeString()}.`;
  } catch (error) {
    if (mine !== latest) return;
    complain(error);
  }
  refreshTimes();
  timer = setTimeout(refresh, refreshMilliseconds);
}

// What has not changed stays as it is: nothing jumps, and a screen reader is not interrupted. What has changed is drawn
// anew, with the focus where it was.
function redraw(draw, answer) {
  const shown = [...document.querySelectorAll('main input')].map(box => box.checked);
  const next = JSON.stringify([page, shown, answer]);
  if (next === drawn) return;
  drawn = next;
  const key = document.activeElement?.dataset?.key;
  draw(answer);
  if (key) [...document.querySelectorAll('[data-key]')].find(node => node.dataset.key === key)?.focus();
}

function navigate() {
  const wanted = location.hash.replace(/^#\/?/, '').split('?')[0]; // Alertmanager's own links: #/silences?filter=…
  if (wanted === 'main') return;
  page = Object.hasOwn(pages, wanted) ? wanted : 'alerts';
  for (const name of Object.keys(pages)) byId(name).hidden = name !== page;
  for (const anchor of document.querySelectorAll('nav a')) {
    if (anchor.hash === `#${page}`) anchor.setAttribute('aria-current', 'page');
    else anchor.removeAttribute('aria-current');
  }
  document.title = `${byId(`${page}-title`).textContent} – Alertmanager`;
  refresh();
}

addEventListener('hashchange', navigate);
document.addEventListener('visibilitychange', () => { if (!document.hidden) refresh(); });
for (const id of ['show-silenced', 'show-inhibited', 'show-expired']) byId(id).addEventListener('change', refresh);
navigate();
