// What the resources print: of one, or of all in one.

import { h } from '/public/shared/dom.js';
import { plain, runs } from './ansi.js';
import { icon } from './icons.js';
import { live } from './live.js';
import { LogList } from './log-list.js';
import { isRunnable } from './resource.js';
import { go } from './router.js';

const all = '*';
const levels = ['Trace', 'Debug', 'Information', 'Warning', 'Error', 'Critical'];
const levelWords = { Trace: 'trce', Debug: 'dbug', Information: 'info', Warning: 'warn', Error: 'fail', Critical: 'crit' };
// As many as the server keeps: of one resource, and of twenty.
const capacity = { one: 10_000, all: 200_000 };
const slice = 20_000;
const settingsKey = 'logs-settings';

export class LogsView {
  title = 'Console logs';

  #name = null;
  #lines = []; // In the order of their times.
  #shown = []; // Those of the chosen levels: the same list while all are.
  #query = null;
  #matches = [];
  #current = -1;
  #search = 0;
  #isSearched = true;
  #unseen = 0;
  #colours = new Map();
  #resourceWidth = 0;
  #settings = { level: 0, wrap: innerWidth < 700 };

  constructor() {
    try {
      Object.assign(this.#settings, JSON.parse(localStorage.getItem(settingsKey) ?? '{}'));
    } catch {
      // Then as at the first time.
    }
    this.resources = h('select', { 'aria-label': 'Resource', dataset: { resources: '' }, onchange: event => go(event.target.value === all ? '/logs' : `/logs/${encodeURIComponent(event.target.value)}`) });
    this.level = h('select', { 'aria-label': 'Level', dataset: { level: '' }, onchange: event => this.#set({ level: Number(event.target.value) }) },
      levels.map((name, i) => h('option', { value: String(i) }, i === 0 ? 'All levels' : i === levels.length - 1 ? name : `${name} and above`)));
    this.level.value = String(this.#settings.level);
    this.input = h('input', {
      type: 'search', placeholder: 'Search', 'aria-label': 'Search in the lines', 'aria-describedby': 'search-count', dataset: { search: '' },
      oninput: () => this.#find(),
      onkeydown: event => {
        if (event.key === 'Enter') {
          event.preventDefault();
          this.#step(event.shiftKey ? -1 : 1);
        }
      },
    });
    this.count = h('span', { id: 'search-count', class: 'hint count', role: 'status' });
    this.previous = tool('Up', 'Previous match (Shift+Enter)', () => this.#step(-1));
    this.next = tool('Down', 'Next match (Enter)', () => this.#step(1));
    this.wrap = tool('Wrap', 'Wrap long lines', () => this.#set({ wrap: !this.#settings.wrap }));
    this.viewport = h('div', { class: 'log', role: 'log', 'aria-live': 'off', 'aria-label': 'Log lines', tabindex: '0' });
    this.jump = h('button', { type: 'button', class: 'primary jump', hidden: true, onclick: () => {
      this.list.follow();
      this.viewport.focus();
    } });
    this.empty = h('p', { class: 'empty', role: 'status' });
    this.element = h('section', { class: 'view logs', 'aria-labelledby': 'view-title' },
      h('div', { class: 'toolbar' },
        h('h1', { id: 'view-title', tabindex: '-1' }, 'Console logs'),
        h('div', { class: 'filters' }, this.resources, this.level,
          h('span', { class: 'search' }, this.input, this.count, this.previous, this.next),
          h('span', { class: 'tools' }, this.wrap,
            tool('Clear', 'Clear the view', () => this.#clear()),
            tool('Download', 'Download the lines that are shown', () => this.#download())))),
      h('div', { class: 'log-frame' }, this.viewport, this.empty, this.jump));

    this.list = new LogList(this.viewport, (line, index) => this.#draw(line, index), () => 18 + (this.#resourceWidth > 0 ? this.#resourceWidth + 1 : 0));
    this.list.wrap = this.#settings.wrap;
    this.wrap.setAttribute('aria-pressed', String(this.#settings.wrap));
    this.list.addEventListener('follow', () => this.#tellFollowing());
    this.receive = this.receive.bind(this);
    this.offer = this.offer.bind(this);
    live.addEventListener('lines', this.receive);
    live.addEventListener('resources', this.offer);
    // For whoever wants to know what is held, and for tests.
    window.__logs = { lines: () => this.#lines.length, shown: () => this.#shown.length };
  }

  show({ name }) {
    const wanted = name ?? all;
    if (wanted === this.#name) {
      return;
    }
    this.#name = wanted;
    this.title = name ? `Console logs: ${name}` : 'Console logs';
    this.element.classList.toggle('all', wanted === all);
    this.#clear();
    this.offer();
    this.list.follow();
    live.followLogs(wanted);
  }

  close() {
    live.followLogs(null);
    live.removeEventListener('lines', this.receive);
    live.removeEventListener('resources', this.offer);
    this.list.close();
    delete window.__logs;
  }

  /** Offers the resources to choose from. */
  offer() {
    const names = [...live.resources.values()].filter(isRunnable).map(r => r.name);
    if (this.resources.options.length !== names.length + 1) {
      this.resources.replaceChildren(h('option', { value: all }, 'All resources'), ...names.map(name => h('option', { value: name }, name)));
      this.#colours = new Map(names.map((name, i) => [name, `colour-${i % 8}`]));
      this.list.refresh();
    }
    const width = this.#name === all ? Math.max(0, ...names.map(n => n.length)) : 0;
    if (width !== this.#resourceWidth) {
      this.#resourceWidth = width;
      this.element.style.setProperty('--resource-width', `${width}ch`);
      this.list.set(this.#shown);
    }
    this.resources.value = this.#name;
    this.#tellEmpty();
  }

  receive({ detail }) {
    for (const line of detail) {
      line.time = Date.parse(line.time);
      line.level = levels.indexOf(line.level);
      if (line.text.includes('\x1b')) {
        line.raw = line.text;
        line.text = plain(line.text);
      }
      line.text = line.text.replaceAll('\t', '    ');
    }
    let from = this.#add(detail);
    this.#unseen += detail.length;

    const most = this.#name === all ? capacity.all : capacity.one;
    if (this.#lines.length > most * 1.1) {
      const removed = this.#lines.splice(0, this.#lines.length - most);
      const removedShown = removed.filter(line => line.level >= this.#settings.level).length;
      this.#select();
      this.list.shortened(this.#shown, removedShown);
      this.#find();
    } else {
      if (this.#shown !== this.#lines) {
        const passes = line => line.level >= this.#settings.level;
        const tail = this.#lines.slice(from).filter(passes);
        from = this.#shown.length -= tail.length - detail.filter(passes).length;
        tail.forEach(line => this.#shown.push(line));
      }
      this.list.grown(from);
      this.#findIn(from);
    }
    this.#tellFollowing();
    this.#tellEmpty();
  }

  /** Adds lines in the order of their times, and returns the first place that has changed. */
  #add(added) {
    // Those of two resources may come in two bundles.
    let from = this.#lines.length;
    while (from > 0 && this.#lines[from - 1].time > added[0].time) {
      from--;
    }
    const moved = this.#lines.splice(from);
    let next = 0;
    for (const line of added) {
      while (next < moved.length && moved[next].time <= line.time) {
        this.#lines.push(moved[next++]);
      }
      this.#lines.push(line);
    }
    while (next < moved.length) {
      this.#lines.push(moved[next++]);
    }
    return from;
  }

  #set(change) {
    Object.assign(this.#settings, change);
    try {
      localStorage.setItem(settingsKey, JSON.stringify(this.#settings));
    } catch {
      // Then it is forgotten with the page.
    }
    if ('level' in change) {
      this.#reselect();
    }
    if ('wrap' in change) {
      this.wrap.setAttribute('aria-pressed', String(change.wrap));
      this.list.wrap = change.wrap;
    }
  }

  #select() {
    this.#shown = this.#settings.level === 0 ? this.#lines : this.#lines.filter(line => line.level >= this.#settings.level);
  }

  #reselect() {
    this.#select();
    this.list.set(this.#shown);
    this.#find();
    this.#tellEmpty();
  }

  #clear() {
    this.#lines = [];
    this.#unseen = 0;
    this.#reselect();
  }

  #download() {
    const text = this.#shown.map(line => `${new Date(line.time).toISOString()} ${this.#name === all ? `${line.resource} ` : ''}${levelWords[levels[line.level]]} ${line.text}\n`);
    const url = URL.createObjectURL(new Blob(text, { type: 'text/plain' }));
    h('a', { href: url, download: `${this.#name === all ? 'all' : this.#name}-${new Date().toISOString().replace(/[:.]/g, '-')}.log` }).click();
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
  }

  /** Searches all lines, a slice at a time, so that the page goes on living. */
  async #find() {
    const turn = ++this.#search;
    const text = this.input.value;
    this.#query = text === '' ? null : new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'gi');
    this.#matches = [];
    this.#current = -1;
    this.#isSearched = false;
    if (this.#query !== null) {
      for (let from = 0; from < this.#shown.length; from += slice) {
        if (from > 0) {
          await new Promise(resolve => setTimeout(resolve));
        }
        if (turn !== this.#search) {
          return;
        }
        this.#collect(from, Math.min(from + slice, this.#shown.length));
      }
    }
    this.#isSearched = true;
    this.#tellCount();
    this.list.refresh();
  }

  /** Searches the lines that are new, unless all are being searched. */
  #findIn(from) {
    if (this.#query !== null && this.#isSearched) {
      while (this.#matches.at(-1) >= from) {
        this.#matches.pop();
      }
      this.#collect(from, this.#shown.length);
      this.#tellCount();
    }
  }

  #collect(from, to) {
    for (let i = from; i < to; i++) {
      this.#query.lastIndex = 0;
      if (this.#query.test(this.#shown[i].text)) {
        this.#matches.push(i);
      }
    }
  }

  #step(direction) {
    if (this.#matches.length === 0) {
      return;
    }
    // The first step goes to the newest match, or with "next" after it to the oldest.
    this.#current = this.#current < 0 ? (direction < 0 ? this.#matches.length - 1 : 0) : (this.#current + direction + this.#matches.length) % this.#matches.length;
    this.list.scrollTo(this.#matches[this.#current]);
    this.list.refresh();
    this.#tellCount();
  }

  #tellCount() {
    const total = this.#matches.length;
    const found = `${total} ${total === 1 ? 'line' : 'lines'}`;
    this.count.textContent = this.#query === null ? '' : this.#current < 0 ? found : `${this.#current + 1} of ${found}`;
    this.previous.disabled = this.next.disabled = total === 0;
  }

  #tellFollowing() {
    if (this.list.following) {
      this.#unseen = 0;
    }
    this.jump.hidden = this.list.following;
    this.jump.replaceChildren(icon('ToEnd'), this.#unseen > 0 ? `Jump to the newest (${this.#unseen} more)` : 'Jump to the newest');
  }

  #tellEmpty() {
    const isUnknown = this.#name !== all && live.resources.size > 0 && !live.resources.has(this.#name);
    this.empty.textContent = this.#shown.length > 0 ? ''
      : isUnknown ? `There is no resource “${this.#name}”.`
      : this.#lines.length > 0 ? 'No line has this level.'
      : 'No lines yet.';
  }

  #draw(line, index) {
    const level = levels[line.level];
    const isCurrent = this.#current >= 0 && this.#matches[this.#current] === index;
    const row = (this.#name === all ? rowOfAll : rowOfOne).cloneNode(true);
    const cells = row.children;
    row.className = `line ${level}${isCurrent ? ' current' : ''}`;
    cells[0].textContent = timeOf(line.time);
    if (this.#name === all) {
      cells[1].className = `resource ${this.#colours.get(line.resource) ?? ''}`;
      cells[1].textContent = line.resource;
    }
    cells[cells.length - 2].textContent = levelWords[level];
    const text = cells[cells.length - 1];
    if (this.#query) {
      text.append(...marked(line.text, this.#query));
    } else if (line.raw) {
      text.append(...runs(line.raw).map(run => (run.look ? h('span', { class: run.look }, run.text) : run.text)));
    } else {
      text.textContent = line.text;
    }
    return row;
  }
}

// A copy is made much faster than a row of its own, and many are made while one scrolls.
const rowOfOne = h('div', { class: 'line' }, h('time'), ' ', h('span', { class: 'level' }), ' ', h('span', { class: 'text' }));
const rowOfAll = h('div', { class: 'line' }, h('time'), ' ', h('span', { class: 'resource' }), ' ', h('span', { class: 'level' }), ' ', h('span', { class: 'text' }));

const tool = (name, title, run) => h('button', { type: 'button', class: 'plain small', 'aria-label': title, title, onclick: run }, icon(name));

/** The parts of a text that match, marked. */
function marked(text, query) {
  const parts = [];
  let at = 0;
  for (const match of text.matchAll(query)) {
    parts.push(text.slice(at, match.index), h('mark', null, match[0]));
    at = match.index + match[0].length;
  }
  parts.push(text.slice(at));
  return parts;
}

// Intl is too slow for a line that is in sight for a moment.
function timeOf(time) {
  const date = new Date(time);
  const two = number => String(number).padStart(2, '0');
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}
