// The alerts that fire, and those that did.

import { h, formatDuration, formatTime } from '/public/shared/dom.js';
import { ask } from './api.js';
import { icon } from './icons.js';
import { live } from './live.js';
import { outward, webAddress } from './resource.js';

const pageSize = 20;
const tones = { critical: 'critical', page: 'critical', warning: 'warn', warn: 'warn', info: 'info' };
const order = ['critical', 'warn', 'info', 'muted'];
const told = ['alertname', 'severity'];

export class AlertsView {
  title = 'Alerts';

  #page = 1;
  #turn = 0;

  constructor() {
    this.firing = h('div', { class: 'firing', 'aria-live': 'polite' });
    this.history = h('div', { class: 'history' });
    this.element = h('section', { class: 'view alerts', 'aria-labelledby': 'view-title' },
      h('div', { class: 'toolbar' }, h('h1', { id: 'view-title', tabindex: '-1' }, 'Alerts')),
      this.firing,
      h('h2', null, 'History'),
      this.history);
    this.update = this.update.bind(this);
    live.addEventListener('alerts', this.update);
    this.timer = setInterval(() => this.#age(), 1000);
    this.update();
  }

  show() {
    // It has no parts with addresses of their own.
  }

  close() {
    live.removeEventListener('alerts', this.update);
    clearInterval(this.timer);
  }

  update() {
    const known = live.alerts;
    this.firing.replaceChildren(...(known === null ? [h('p', { class: 'empty' }, 'Waiting for the alerts…')]
      : known.problem !== null ? [unknown(known.problem)]
      : known.alerts.length === 0 ? [h('div', { class: 'calm' }, icon('Good'), h('p', null, 'No alert fires.'))]
      : [h('h2', null, `${known.totalCount} firing`), ...[...known.alerts].sort((a, b) => order.indexOf(toneOf(a)) - order.indexOf(toneOf(b))).map(card),
        known.totalCount > known.alerts.length ? h('p', { class: 'hint' }, `These are the ${known.alerts.length} that began last.`) : null].filter(part => part !== null)));
    this.#age();
    // What has just ended is history.
    this.#load();
  }

  async #load() {
    const turn = ++this.#turn;
    let content;
    try {
      const { items, totalCount } = await ask(`/api/alerts?${new URLSearchParams({ state: 'history', page: this.#page, pageSize })}`);
      const pages = Math.max(1, Math.ceil(totalCount / pageSize));
      if (this.#page > pages) {
        this.#page = pages;
        return this.#load();
      }
      content = totalCount === 0 ? [h('p', { class: 'empty' }, 'No alert has ended yet.')] : [table(items), this.#pages(pages, totalCount)];
    } catch (problem) {
      content = [problem.status === 404 ? h('p', { class: 'empty' }, problem.message) : unknown(problem.message)];
    }
    if (turn === this.#turn) {
      const focus = this.history.contains(document.activeElement) ? document.activeElement.dataset.focus : null;
      this.history.replaceChildren(...content);
      if (focus) {
        this.history.querySelector(`[data-focus="${focus}"]`)?.focus();
      }
    }
  }

  #pages(pages, total) {
    const to = (text, page, focus) => h('button', { type: 'button', 'aria-disabled': page < 1 || page > pages ? 'true' : null, dataset: { focus }, onclick: () => {
      if (page >= 1 && page <= pages) {
        this.#page = page;
        this.#load();
      }
    } }, text);
    return h('nav', { class: 'pages', 'aria-label': 'Pages of the history' },
      to('Newer', this.#page - 1, 'newer'),
      h('span', { role: 'status' }, `Page ${this.#page} of ${pages}, ${total} ${total === 1 ? 'alert' : 'alerts'}`),
      to('Older', this.#page + 1, 'older'));
  }

  #age() {
    for (const element of this.firing.querySelectorAll('[data-since]')) {
      element.textContent = formatDuration((Date.now() - Date.parse(element.dataset.since)) / 1000);
    }
  }
}

const toneOf = alert => tones[alert.severity] ?? 'muted';

/** The severity with its colour. */
const severity = alert => h('span', { class: `pill ${toneOf(alert)}` }, alert.severity);

function card(alert) {
  const { summary, description, runbook_url: runbook, ...others } = alert.annotations;
  return h('article', { class: `alert ${toneOf(alert)}`, dataset: { alert: alert.name } },
    h('header', null, severity(alert), h('h3', null, alert.name),
      h('span', { class: 'since' }, 'for ', h('span', { dataset: { since: alert.startsAt } }), ', since ', h('time', { datetime: alert.startsAt }, formatTime(alert.startsAt)))),
    summary ? h('p', { class: 'summary' }, summary) : null,
    description ? h('p', null, description) : null,
    labels(alert, others),
    h('p', { class: 'links' },
      webAddress(alert.generatorUrl) ? outward(alert.generatorUrl, ['Rule', icon('Open')]) : null,
      webAddress(runbook) ? outward(runbook, ['Runbook', icon('Open')]) : null));
}

const labels = (alert, annotations) => h('ul', { class: 'labels', 'aria-label': 'Labels' },
  Object.entries({ ...alert.labels, ...annotations }).filter(([name]) => !told.includes(name)).map(([name, value]) => h('li', null, h('span', null, name), value)));

const table = items => h('table', { class: 'cards', role: 'table' },
  h('caption', { class: 'visually-hidden' }, 'Alerts that have ended'),
  h('thead', { role: 'rowgroup' }, h('tr', { role: 'row' }, ['Alert', 'Severity', 'Ended as', 'Began', 'Ended', 'Lasted', 'About'].map(name => h('th', { scope: 'col', role: 'columnheader' }, name)))),
  h('tbody', { role: 'rowgroup' }, items.map(alert => h('tr', { role: 'row' },
    cell('Alert', webAddress(alert.generatorUrl) ? outward(alert.generatorUrl, alert.name, { title: 'The page of its rule' }) : alert.name),
    cell('Severity', severity(alert)),
    cell('Ended as', alert.state),
    cell('Began', h('time', { datetime: alert.startsAt }, formatTime(alert.startsAt))),
    cell('Ended', alert.endsAt ? h('time', { datetime: alert.endsAt }, formatTime(alert.endsAt)) : '–'),
    cell('Lasted', alert.endsAt ? formatDuration((Date.parse(alert.endsAt) - Date.parse(alert.startsAt)) / 1000) : '–'),
    cell('About', [alert.annotations.summary ?? '', labels(alert, {})])))));

const cell = (label, content) => h('td', { role: 'cell', dataset: { label } }, content);

const unknown = message => h('div', { class: 'failure', role: 'alert' }, icon('Attention'), h('p', null, message));
