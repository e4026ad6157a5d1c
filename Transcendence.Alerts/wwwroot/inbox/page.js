// The inbox's page: asks every few seconds, shows what has changed, and says aloud what has begun and ended.

import { formatTime, h } from '../shared/dom.js';
import { ask } from './api.js';
import { about, activeAlert, activeSilence, endedAlert, pipeline, tick } from './draw.js';
import { dialog, offer, startsMaintenance } from './forms.js';
import { keep } from './keyed.js';

const everyMs = 5000;
const historySize = 20;

const $ = id => document.getElementById(id);
let [historyPage, shownAt, firing, status] = [1, null, null, null];
let timer;
let round = 0;

// --- What can be done ---

const path = ({ id }) => `/api/alerts/${id}/acknowledgement`;
const actions = {
  acknowledge: dialog('acknowledge', 'Acknowledge', async (alert, { note }) => {
    await ask(path(alert), { method: 'POST', body: { note } });
    await refresh();
    say(`${alert.name} is acknowledged.`);
  }),
  silence: dialog('silence', 'Silence', async (alert, { minutes, reason }) => {
    const { endsAt } = await ask('/api/silences', { method: 'POST', body: { alertId: alert.id, minutes: Number(minutes), reason } });
    await refresh();
    say(`${alert.name} is silenced until ${formatTime(endsAt)}.`);
  }),
  takeBack: alert => attempt(async () => {
    await ask(path(alert), { method: 'DELETE' });
    await refresh();
    say(`The acknowledgement of ${alert.name} is taken back.`);
  }),
};

const end = silence => attempt(async () => {
  await ask(`/api/silences/${silence.id}`, { method: 'DELETE' });
  await refresh();
  say(`The silence of ${about(silence)} has ended.`);
});

startsMaintenance(async (service, endsAt) => {
  await refresh();
  say(`${service === '*' ? 'Everything' : service} is silenced until ${formatTime(endsAt)}.`);
});

$('newer').addEventListener('click', () => turn(-1));
$('older').addEventListener('click', () => turn(1));

async function turn(pages) {
  historyPage += pages;
  await refresh();
  $('history-title').focus();
}

async function attempt(action) {
  $('failure').textContent = '';
  try {
    await action();
  } catch (error) {
    $('failure').textContent = error.message;
  }
}

// --- What is shown ---

async function refresh() {
  clearTimeout(timer);
  const mine = ++round;
  try {
    const asked = await Promise.all([
      ask('/api/watchdog'),
      ask('/api/alerts?state=active&pageSize=100'),
      ask(`/api/alerts?state=history&pageSize=${historySize}&page=${historyPage}`),
      orFault(ask('/api/silences')),
      orFault(services()),
    ]);
    if (mine === round) {
      show(...asked);
      shownAt = new Date();
      complain(null);
    }
  } catch (error) {
    if (mine === round) {
      complain(error);
    }
  }
  if (mine === round && document.documentElement.dataset.state !== 'ended') {
    timer = setTimeout(refresh, everyMs);
  }
}

// What only Alertmanager or Prometheus knows may be missing; all else is shown.
const orFault = promise => promise.then(value => ({ value }), error => {
  if (error.isSessionEnded) {
    throw error;
  }
  return { fault: error.message };
});

// Seldom another, so it is asked once in a while.
let known = [];
let knownAt = 0;

async function services() {
  if (Date.now() - knownAt > 60_000) {
    known = await ask('/api/services');
    knownAt = Date.now();
  }
  return known;
}

function show(monitoring, active, history, silences, watched) {
  const list = silences.value ?? [];
  $('pipeline').replaceChildren(...pipeline(monitoring).flat());
  $('pipeline').dataset.status = monitoring.status;

  keep($('active-list'), active.items.toSorted((a, b) => urgency(a) - urgency(b)), {
    id: alert => `alert-${alert.id}`,
    state: ({ durationSeconds, lastSeenAt, ...alert }) => [alert, silencing(alert, list)],
    draw: alert => activeAlert(alert, silencing(alert, list), actions),
    fallback: $('active-title'),
  });
  note('active-note', active.totalCount === 0 ? 'Nothing fires.'
    : active.totalCount > active.items.length ? `These ${active.items.length} of ${active.totalCount} began last.` : active.totalCount === 1 ? '1 alert fires.' : `${active.totalCount} alerts fire.`);

  const names = new Map(active.items.map(({ id, name }) => [id, name]));
  const named = silence => silence.alertIds.map(id => names.get(id) ?? `alert ${id}`);
  keep($('silences-list'), list, {
    id: silence => `silence-${silence.id}`,
    state: silence => [silence, named(silence)],
    draw: silence => activeSilence(silence, named(silence), end),
    fallback: $('silences-title'),
  });
  note('silences-note', silences.fault ?? (list.length ? '' : 'Nothing is silenced.'));

  keep($('history-list'), history.items, { id: alert => `alert-${alert.id}`, state: ({ lastSeenAt, ...alert }) => alert, draw: endedAlert, fallback: $('history-title') });
  note('history-note', history.totalCount ? '' : 'Nothing has ended yet.');
  const pages = Math.min(100, Math.max(1, Math.ceil(history.totalCount / historySize))); // As far as the inbox counts pages.
  note('history-page', `Page ${historyPage} of ${pages}`);
  [$('newer').disabled, $('older').disabled] = [historyPage <= 1, historyPage >= pages];

  note('services-note', watched.fault ? `Not all services are listed: ${watched.fault}` : '');
  offer([...new Set([...(watched.value ?? []), ...[...active.items, ...history.items].map(({ labels }) => labels.service).filter(Boolean)])].sort());
  announce(active, monitoring);
  document.title = active.totalCount ? `(${active.totalCount}) Alerts` : 'Alerts';
  document.documentElement.dataset.state = 'ready';
}

const urgency = ({ severity }) => (['critical', 'warning', 'info'].indexOf(severity) + 1) || 9;
const silencing = (alert, silences) => silences.filter(({ alertIds }) => alertIds.includes(alert.id));

function note(id, text) {
  if ($(id).textContent !== text) {
    $(id).textContent = text;
  }
}

// --- What is said ---

function announce({ items: alerts, totalCount }, monitoring) {
  const before = firing;
  firing = new Map(alerts.map(alert => [alert.id, alert]));
  const all = totalCount <= alerts.length; // What is not among those that are shown may fire all the same.
  const news = before === null ? [] : [
    ...alerts.filter(({ id }) => !before.has(id)).map(({ name, severity, annotations }) => `New alert, ${severity}: ${name}. ${annotations.summary ?? ''}`),
    ...[...before.values()].filter(({ id }) => all && !firing.has(id)).map(({ name }) => `${name} has ended.`),
    ...(status === monitoring.status ? [] : [`The monitoring is ${monitoring.status}. ${monitoring.reason}`]),
  ];
  status = monitoring.status;
  if (news.length) {
    say(news.join(' '));
  }
}

function say(text) {
  // A paragraph of its own: the same words twice are said twice.
  $('news').replaceChildren(h('span', null, text));
}

let complaint = '';

function complain(error) {
  const since = shownAt ? ` What is shown is of ${formatTime(shownAt)}.` : '';
  const text = error ? error.message : '';
  if (text === complaint) {
    return;
  }
  complaint = text;
  if (error?.isSessionEnded) {
    clearTimeout(timer);
    document.documentElement.dataset.state = 'ended';
    $('problem').replaceChildren(h('p', null, `${text}${since} `, h('a', { href: '/login?expired=true' }, 'Log in again')));
  } else {
    $('problem').replaceChildren(...(error ? [h('p', null, `${text}${since} It is asked again every few seconds.`)] : []));
  }
}

setInterval(() => document.querySelectorAll('[data-since], [data-until]').forEach(tick), 1000);
await refresh();
if (location.hash) {
  location.replace(location.hash); // What it names was not there when the page was loaded.
  const [, id] = /^#alert-(\d+)$/.exec(location.hash) ?? [];
  if (id && !document.getElementById(`alert-${id}`)) {
    $('failure').replaceChildren(`Alert ${id} is further back in the history than this page shows. `, h('a', { href: `/api/alerts/${id}` }, 'What is known of it'));
  }
}
