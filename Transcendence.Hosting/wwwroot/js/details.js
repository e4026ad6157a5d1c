// All that is known of one resource.

import { h, formatDuration, formatTime } from '/public/shared/dom.js';
import { ask } from './api.js';
import { commandButton, isRunning } from './commands.js';
import { say } from './feedback.js';
import { icon, resourceIcon } from './icons.js';
import { live } from './live.js';
import { badge, healthOf, outward, relations, reportOf, stateOf, webAddress } from './resource.js';

const relationWords = { Reference: ['References', 'Referenced by'], WaitFor: ['Waits for', 'Awaited by'], Parent: ['Belongs to', 'Has'] };
const shownApart = ['resource.failure', 'resource.note'];
const propertyWords = { 'executable.pid': 'Process id', 'resource.source': 'Source', 'parameter.secret': 'Secret' };

export class Details {
  #version = '';
  #revealed = null; // The one secret that is shown: { key, value }.
  #onClose;

  constructor(panel, name, onClose) {
    this.panel = panel;
    this.name = name;
    this.#onClose = onClose;
    panel.hidden = false;
    panel.dataset.resource = name;
    panel.addEventListener('keydown', this.#keys);
    this.update();
    panel.querySelector('h2')?.focus();
  }

  #keys = event => {
    if (event.key === 'Escape') {
      event.stopPropagation();
      this.#onClose();
    }
  };

  close() {
    this.panel.removeEventListener('keydown', this.#keys);
    this.panel.hidden = true;
    this.panel.replaceChildren();
  }

  update() {
    const resource = live.resources.get(this.name);
    const related = relations(live.resources).filter(r => r.from === this.name || r.to === this.name);
    const version = JSON.stringify([resource, related, this.#revealed, resource?.commands.map(c => isRunning(resource, c))]);
    if (version === this.#version) {
      return;
    }
    this.#version = version;

    const focus = this.panel.contains(document.activeElement) ? document.activeElement.dataset.focus : null;
    const scrolled = this.panel.scrollTop;
    this.panel.replaceChildren(...(resource ? this.#draw(resource, related) : this.#unknown()));
    this.panel.scrollTop = scrolled;
    if (focus) {
      (this.panel.querySelector(`[data-focus="${CSS.escape(focus)}"]`) ?? this.panel.querySelector('h2')).focus();
    }
  }

  #unknown() {
    return [this.#head([h('h2', { tabindex: '-1', dataset: { focus: 'title' } }, this.name)]),
      h('p', null, live.resources.size === 0 ? 'Waiting for the application…' : `There is no resource “${this.name}”.`)];
  }

  #head(content) {
    return h('header', null, h('div', { class: 'name' }, content),
      h('button', { type: 'button', class: 'plain small', 'aria-label': 'Close the details', title: 'Close (Esc)', dataset: { focus: 'close' }, onclick: this.#onClose }, icon('Close')));
  }

  #draw(resource, related) {
    const health = healthOf(resource);
    const [failure, note] = shownApart.map(name => resource.properties.find(p => p.name === name)?.value);
    const end = resource.stopTime && (!resource.startTime || resource.stopTime > resource.startTime) ? resource.stopTime : null;
    return [
      this.#head([resourceIcon(resource), h('h2', { tabindex: '-1', dataset: { focus: 'title' } }, resource.displayName), h('span', { class: 'type' }, resource.type)]),
      failure ? h('div', { class: `failure ${stateOf(resource).tone}` }, icon(stateOf(resource).tone === 'warn' ? 'Attention' : 'Bad'), h('pre', null, failure)) : null,
      note ? h('div', { class: 'failure info' }, icon('Help'), h('p', null, note)) : null,
      h('div', { class: 'commands' },
        resource.commands.map(command => commandButton(resource, command, 'details', true)),
        h('a', { class: 'button small', href: `/logs/${encodeURIComponent(resource.name)}`, dataset: { focus: 'logs' } }, icon('Console'), h('span', null, 'Console logs'))),
      section('Resource', facts([
        ['State', badge(stateOf(resource))],
        ['Health', health ? badge(health) : '–'],
        ['Started', time(resource.startTime)],
        end ? ['Stopped', time(end)] : null,
        end && resource.startTime ? ['Ran for', formatDuration((new Date(end) - new Date(resource.startTime)) / 1000)] : null,
        resource.exitCode !== null ? ['Exit code', String(resource.exitCode)] : null,
        ...resource.properties.filter(p => !shownApart.includes(p.name)).map(p => [propertyWords[p.name] ?? p.name, this.#value(resource, 'properties', p)]),
      ])),
      resource.urls.length === 0 ? null : section('URLs', h('ul', { class: 'urls' }, resource.urls.map(u => h('li', null,
        webAddress(u.url) ? outward(u.url, u.url, { dataset: { focus: `url/${u.url}` } }) : h('code', null, u.url),
        h('span', { class: 'hint' }, [u.displayName, u.name, u.isInternal ? 'internal' : ''].filter((text, i, all) => text && all.indexOf(text) === i).join(', ')),
        copyButton(`the URL ${u.url}`, () => u.url, `copy/${u.url}`))))),
      resource.healthReports.length === 0 ? null : section('Health checks', resource.healthReports.map(report => h('div', { class: 'report' },
        h('div', null, h('strong', null, report.name), badge({ ...reportOf(report), ...(health ? {} : { tone: 'muted' }) })),
        report.description ? h('p', null, report.description) : null,
        report.exception ? h('pre', null, report.exception) : null,
        report.lastRunTime ? h('p', { class: 'hint' }, 'Last run ', time(report.lastRunTime)) : null))),
      section('Relations', this.#relations(related)),
      resource.volumes.length === 0 ? null : section('Volumes', h('ul', { class: 'plain-list' }, resource.volumes.map(v => h('li', null,
        h('code', null, v.target), h('span', { class: 'hint' }, `${v.mountType}${v.isReadOnly ? ', read only' : ''}`), v.source ? h('div', { class: 'hint' }, 'from ', h('code', null, v.source)) : null)))),
      resource.environment.length === 0 ? null : section(`Environment (${resource.environment.length})`,
        facts([...resource.environment].sort((a, b) => (a.name < b.name ? -1 : 1)).map(v => [h('code', null, v.name), this.#value(resource, 'environment', v)]), 'wide')),
    ].filter(part => part !== null);
  }

  #relations(related) {
    const groups = new Map();
    for (const { from, to, types } of related) {
      for (const type of types) {
        const words = relationWords[type] ?? [type, `${type} of`];
        const [label, other] = from === this.name ? [words[0], to] : [words[1], from];
        groups.set(label, [...(groups.get(label) ?? []), other]);
      }
    }
    return groups.size === 0 ? h('p', { class: 'hint' }, 'It stands alone.')
      : facts([...groups].map(([label, others]) => [label, h('ul', { class: 'inline-list' }, [...new Set(others)].map(name => h('li', null,
        h('a', { href: `/resources/${encodeURIComponent(name)}`, dataset: { focus: `${label}/${name}` } }, name))))]));
  }

  /** A value with a button that copies it; that of a secret is not here before it is asked for. */
  #value(resource, list, { name, value, isSecret }) {
    const key = `${list}/${name}`;
    if (!isSecret) {
      return value ? [h('code', { class: 'value' }, value), copyButton(name, () => value, `copy/${key}`)] : h('span', { class: 'none' }, 'empty');
    }
    const isRevealed = this.#revealed?.key === key;
    const read = async () => (await ask(`/api/resources/${encodeURIComponent(resource.name)}?reveal=true`))[list].find(v => v.name === name)?.value ?? '';
    const toggle = async () => {
      try {
        this.#revealed = isRevealed ? null : { key, value: await read() };
        this.update();
      } catch (problem) {
        say(`The value of ${name} is not to be had. ${problem.message}`, 'critical');
      }
    };
    return [
      h('code', { class: 'value', dataset: { secret: isRevealed ? 'shown' : 'masked' } }, isRevealed ? this.#revealed.value : '••••••••'),
      h('button', { type: 'button', class: 'plain small', 'aria-pressed': String(isRevealed), 'aria-label': `Show the value of ${name}`, title: isRevealed ? 'Hide' : 'Show', dataset: { focus: `reveal/${key}` }, onclick: toggle }, icon(isRevealed ? 'EyeOff' : 'Eye')),
      copyButton(name, read, `copy/${key}`),
    ];
  }
}

const section = (title, content) => h('section', null, h('h3', null, title), content);

const facts = (pairs, kind = '') => h('dl', { class: `facts ${kind}` }, pairs.filter(pair => pair).map(([label, value]) => h('div', null, h('dt', null, label), h('dd', null, value))));

const time = text => (text ? h('time', { datetime: text, title: new Date(text).toLocaleString() }, formatTime(text)) : '–');

const copyButton = (what, read, focus) => h('button', {
  type: 'button', class: 'plain small copy', 'aria-label': `Copy ${what}`, title: 'Copy', dataset: { focus },
  onclick: async () => {
    try {
      await navigator.clipboard.writeText(await read());
      say('Copied.');
    } catch (problem) {
      say(`Not copied. ${problem.message}`, 'critical');
    }
  },
}, icon('Copy'));
