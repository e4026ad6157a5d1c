// How alerts and silences look. What others write (labels, annotations, reasons) is text, and its links lead to the web or to this inbox only.

import { formatDuration, formatTime, h } from '../shared/dom.js';
import { now } from './api.js';

const aroundMs = 30 * 60_000;

/** @param {number} time */
const moment = time => h('time', { datetime: new Date(time).toISOString() }, formatTime(time));

/** How long something goes on, or is still to: ticks by itself. */
export const ticking = (since, until) => tick(h('span', { dataset: since ? { since } : { until } }));

/** Brings a ticking element up to date. */
export function tick(element) {
  const { since, until } = element.dataset;
  element.textContent = formatDuration(Math.abs(now() - Date.parse(since ?? until)) / 1000);
  return element;
}

function parse(url) {
  try {
    return url ? new URL(url, location.href) : null;
  } catch {
    return null;
  }
}

const hidden = text => h('span', { class: 'visually-hidden' }, ` ${text}`);

function link(url, text, control, about) {
  const address = parse(url);
  return address && ['http:', 'https:'].includes(address.protocol) ? h('a', { href: address.href, dataset: { control } }, text, hidden(about)) : null;
}

function dashboard({ annotations, startsAt, endsAt }) {
  const address = parse(annotations.dashboard_url);
  address?.searchParams.set('from', String(Date.parse(startsAt) - aroundMs));
  address?.searchParams.set('to', String((endsAt ? Date.parse(endsAt) : now()) + aroundMs));
  return address?.href;
}

// Ours says how this alert is; of another only the address is known.
function runbook({ id, annotations }) {
  const [, name] = /\/runbooks\/([\w-]+)$/.exec(annotations.runbook_url ?? '') ?? [];
  return name ? `/runbooks/${name}?alert=${id}` : annotations.runbook_url;
}

const links = alert => h('div', { class: 'links' },
  link(runbook(alert), 'What to do', 'runbook', alert.name),
  link(dashboard(alert), 'Dashboard', 'dashboard', alert.name),
  link(alert.generatorUrl, 'Rule', 'rule', alert.name));

const told = receivers => receivers.length === 0 ? 'nobody'
  : receivers.flatMap(({ receiver, firstAt, count }, i) => [i ? ', ' : '', `${receiver} at `, moment(Date.parse(firstAt)), count > 1 ? ` (${count} times)` : '']);

const labels = alert => Object.entries(alert.labels).filter(([name]) => name !== 'alertname' && name !== 'severity')
  .sort(([a], [b]) => order(a) - order(b) || a.localeCompare(b));
const order = label => (['service', 'route'].indexOf(label) + 1) || 9;

const button = (text, about, control, onclick) => h('button', { type: 'button', dataset: { control }, onclick }, text, hidden(about));

const acknowledged = ({ at, by, note }) => ['Acknowledged by ', by, ' at ', moment(Date.parse(at)), note ? `: ${note}` : ''];

/**
 * An alert that fires.
 * @param {any} alert As of `/api/alerts`.
 * @param {any[]} silences Those that silence it.
 * @param {{ acknowledge: Function, takeBack: Function, silence: Function }} actions
 */
export function activeAlert(alert, silences, { acknowledge, takeBack, silence }) {
  const { name, severity, annotations, acknowledgement } = alert;
  return h('li', { dataset: { severity } },
    h('h3', null, h('span', { class: 'severity' }, severity === 'none' ? 'no severity' : severity), h('span', null, name),
      h('span', { class: 'since' }, 'since ', moment(Date.parse(alert.startsAt)), ', for ', ticking(alert.startsAt))),
    annotations.summary ? h('p', null, h('strong', null, annotations.summary)) : null,
    annotations.description ? h('p', null, annotations.description) : null,
    h('ul', { class: 'labels', 'aria-label': `Labels of ${name}` }, labels(alert).map(([label, value]) => h('li', null, `${label} ${value}`))),
    h('p', { class: 'muted' }, 'Told: ', told(alert.told)),
    acknowledgement ? h('p', { class: 'marked' }, acknowledged(acknowledgement)) : null,
    silences.map(each => h('p', { class: 'silenced' }, 'Silenced until ', moment(Date.parse(each.endsAt)), ` by ${each.createdBy}: ${each.reason}`)),
    links(alert),
    h('div', { class: 'buttons' },
      acknowledgement ? button('Take back acknowledgement', `of ${name}`, 'acknowledge', () => takeBack(alert)) : button('Acknowledge…', name, 'acknowledge', () => acknowledge(alert)),
      button('Silence…', name, 'silence', () => silence(alert))));
}

const states = { resolved: 'Resolved', expired: 'Expired' };

/** An alert that has ended, as a row. */
export function endedAlert(alert) {
  const { name, severity, annotations, acknowledgement, endIsInferred } = alert;
  const cell = (label, ...content) => h('td', { role: 'cell', 'data-label': label }, content);
  return h('tr', { role: 'row', dataset: { severity } },
    cell('Alert', h('strong', null, name), ' ', h('span', { class: 'severity' }, severity === 'none' ? 'no severity' : severity),
      annotations.summary ? h('span', { class: 'muted' }, annotations.summary) : null,
      h('span', { class: 'muted' }, labels(alert).slice(0, 3).map(([label, value]) => `${label} ${value}`).join(', ')),
      acknowledgement ? h('span', { class: 'muted' }, acknowledged(acknowledgement)) : null, links(alert)),
    cell('State', states[alert.state] ?? alert.state, endIsInferred ? h('span', { class: 'muted' }, 'its end was not announced') : null),
    cell('From', moment(Date.parse(alert.startsAt))),
    cell('Until', moment(Date.parse(alert.endsAt))),
    cell('Lasted', formatDuration(alert.durationSeconds)),
    cell('Told', told(alert.told)));
}

/** What a silence is about, in words. */
export function about({ matchers }) {
  const said = matchers.filter(({ name, value, isEqual }) => !(name === 'alertname' && value === 'Watchdog' && !isEqual));
  const everything = said.length === 1 && said[0].name === 'alertname' && said[0].isRegex && said[0].value === '.+';
  return everything ? 'Everything' : said.map(({ name, value, isRegex, isEqual }) => `${name} ${isEqual ? '' : 'not '}${isRegex ? value.replaceAll('|', ' or ') : value}`).join(', ');
}

/** A silence. */
export function activeSilence(silence, names, end) {
  const what = about(silence);
  return h('li', null,
    h('h3', null, what, h('span', { class: 'since' }, silence.state === 'pending' ? ['from ', moment(Date.parse(silence.startsAt)), ' '] : null,
      'until ', moment(Date.parse(silence.endsAt)), ', ', ticking(null, silence.endsAt), ' left')),
    h('p', null, `${silence.createdBy}: ${silence.reason}`),
    h('p', { class: 'muted' }, names.length ? `Fires and is silenced: ${names.join(', ')}` : 'Nothing that fires is silenced by it.'),
    h('div', { class: 'buttons' }, button('End', `the silence of ${what}`, 'end', () => end(silence))));
}

const statuses = {
  working: '✓ It works.', impaired: '! It is impaired.', overdue: '✗ It is overdue.', starting: '… It starts.', unwatched: '? It is not watched.',
};

/** How the monitoring itself is. */
export const pipeline = ({ status, reason, since, lastSampleAt }) => [
  h('strong', null, statuses[status] ?? status), ` ${reason} `,
  h('span', { class: 'muted' }, 'Since ', moment(Date.parse(since)), lastSampleAt ? ['; the newest sample is of ', moment(Date.parse(lastSampleAt))] : null, '.'),
];
