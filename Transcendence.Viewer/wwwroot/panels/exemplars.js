// Exemplars: measured requests as diamonds on a chart, with the trace that each belongs to.

import { h } from '../shared/dom.js';
import { anchor, interpolateUrl } from '../links.js';
import { chain, scopeOf } from '../interpolation.js';
import { display } from '../fieldconfig.js';
import { formatLocal } from '../timerange.js';
import { place } from './tooltip.js';

const diamond = 8;

export class ExemplarLayer {
  /** @param {import('../panel.js').Panel} panel */
  constructor(panel) {
    this.panel = panel;
    this.marks = [];
    // The mark whose card was closed, and by which of the two it could still be opened although nobody wants that.
    this.dismissed = { key: null, ':hover': false, ':focus': false };
  }

  clear() {
    this.element?.remove();
    this.card?.remove();
    this.marks = [];
  }

  /**
   * @param {any} u The chart.
   * @param {import('../query.js').Answer} answer
   * @param {(refId: string) => string} scaleOf
   */
  show(u, answer, scaleOf) {
    this.element?.remove();
    const { from, to } = answer.range;
    this.marks = answer.exemplars.filter(({ time }) => time * 1000 >= from && time * 1000 <= to)
      .sort((a, b) => a.time - b.time || a.value - b.value)
      .map(exemplar => ({ exemplar, scale: scaleOf(exemplar.refId), button: null }));
    if (this.marks.length === 0) {
      this.card?.remove();
      return;
    }
    this.links = answer.exemplarLinks;
    this.field = answer.frames.find(({ refId }) => refId === this.marks[0].exemplar.refId)?.fields.find(({ type }) => type === 'number');
    this.element = h('div', { class: 'exemplars', role: 'group', 'aria-label': `${this.marks.length} exemplars; left and right move through them`, onkeydown: event => this.#key(event) });
    u.over.append(this.element); // The chart gets its size next, and the marks their places with it.
  }

  /** Puts the marks where they belong. @param {any} u */
  place(u) {
    if (this.marks.length === 0) {
      return;
    }
    // Those on one spot could not be told apart: one mark is made for them, and its card has them all.
    const spots = new Map();
    const { height } = u.over.getBoundingClientRect();
    for (const mark of this.marks) {
      const x = u.valToPos(mark.exemplar.time, 'x');
      const { min, max } = u.scales[mark.scale];
      const y = u.valToPos(Math.min(max, Math.max(min, mark.exemplar.value)), mark.scale);
      const key = `${Math.round(x / diamond)}/${Math.round(y / diamond)}`;
      const spot = spots.get(key) ?? { x, y: Math.min(height - 2, Math.max(2, y)), exemplars: [] };
      spot.exemplars.push(mark.exemplar);
      spots.set(key, spot);
    }
    const focused = this.element.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    this.element.replaceChildren(...[...spots.values()].map((spot, i) => {
      const [{ value, time, labels }] = spot.exemplars;
      const button = h('button', {
        type: 'button', class: 'exemplar', tabindex: i === 0 ? '0' : '-1', dataset: { key: `exemplar-${time}-${value}`, traceId: labels.trace_id ?? labels.traceID ?? '' },
        'aria-label': `Exemplar, ${this.#value(value)} at ${formatLocal(time * 1000)}${labels.trace_id ? `, trace ${labels.trace_id}` : ''}`,
        onmouseenter: () => this.#reach(spot, button, ':hover'), onfocus: () => this.#reach(spot, button, ':focus'), onclick: () => this.#open(spot, button, true),
        onmouseleave: () => this.#leave(), onblur: () => this.#leave(),
        onmousedown: event => event.stopPropagation(), ondblclick: event => event.stopPropagation(),
      });
      button.style.left = `${spot.x}px`;
      button.style.top = `${spot.y}px`;
      return button;
    }));
    if (this.card?.isConnected) {
      // It is being read: its mark is another now, or none that the pointer could leave.
      this.owner = this.#button(this.owner.dataset.key) ?? this.owner;
      this.#leave();
    }
    this.#button(focused)?.focus();
  }

  #button(key) {
    return this.element.querySelector(`[data-key="${CSS.escape(key ?? '')}"]`);
  }

  #value(value) {
    return this.field ? display(this.field, value).full : String(value);
  }

  #reach(spot, button, by) {
    if (this.dismissed.key !== button.dataset.key || !this.dismissed[by]) {
      this.#open(spot, button, false);
    }
  }

  #open({ exemplars }, button, pinned) {
    clearTimeout(this.closing);
    this.dismissed.key = null;
    const isOpen = this.owner === button && this.card?.isConnected;
    this.pinned = pinned || (this.pinned && isOpen);
    if (isOpen) {
      return;
    }
    this.owner = button;
    this.card?.remove();
    const [first] = exemplars;
    this.card = h('div', { class: 'card', role: 'dialog', 'aria-label': 'Exemplar', onmouseenter: () => clearTimeout(this.closing), onmouseleave: () => this.#leave(),
      onkeydown: event => event.key === 'Escape' && this.#dismiss(true) },
    h('div', { class: 'card-head' }, h('strong', null, 'Exemplar'), h('button', { type: 'button', class: 'plain icon', 'aria-label': 'Close', onclick: () => this.#dismiss(true) }, '×')),
    h('dl', null,
      pair('Value', this.#value(first.value)), pair('Time', formatLocal(first.time * 1000)),
      Object.entries(first.labels).sort(([a], [b]) => this.links.some(({ name }) => name === b) - this.links.some(({ name }) => name === a)).map(([name, value]) => pair(name, h('code', null, value), this.#links(name, value))),
      Object.entries(first.seriesLabels).filter(([name]) => name !== '__name__').map(([name, value]) => pair(name, value))),
    exemplars.length > 1 ? h('details', null, h('summary', null, `${exemplars.length - 1} more here`), h('ul', null, exemplars.slice(1).map(({ value, time, labels }) =>
      h('li', null, `${this.#value(value)} at ${formatLocal(time * 1000)} `, Object.entries(labels).map(([name, text]) => [h('code', null, text), ' ', this.#links(name, text)]))))) : null);
    document.body.append(this.card);
    const { left, top } = button.getBoundingClientRect();
    place(this.card, left, top);
  }

  // `exemplarTraceIdDestinations` of the data source: an address, or a data source that is not here.
  #links(name, value) {
    const scope = chain(scopeOf({ __value: value }), this.panel.scope);
    return this.links.filter(link => link.name === name).map(({ url, urlDisplayLabel, datasourceUid }) => (url
      ? anchor({ url: interpolateUrl(url, scope), title: urlDisplayLabel || `See ${name}`, targetBlank: true }, 'button small')
      : h('span', { class: 'muted' }, ` in the data source ${datasourceUid}, which only Grafana can open`)));
  }

  #leave() {
    clearTimeout(this.closing);
    this.closing = setTimeout(() => {
      for (const by of [':hover', ':focus']) {
        this.dismissed[by] &&= this.element.querySelector(by) !== null;
      }
      if (!this.pinned && !this.card?.contains(document.activeElement) && !this.card?.matches(':hover') && !this.owner.matches(':hover, :focus')) {
        this.card?.remove();
      }
    }, 250);
  }

  // It stays closed while its mark has the pointer or the focus, also when that is another one after a refresh.
  #dismiss(giveFocusBack) {
    this.pinned = false;
    if (this.card?.isConnected) {
      this.dismissed = { key: this.owner.dataset.key, ':hover': this.owner.matches(':hover'), ':focus': true };
      this.card.remove();
    }
    if (giveFocusBack) {
      this.owner.focus();
    }
  }

  #key(event) {
    const all = [...this.element.children];
    const now = all.indexOf(document.activeElement);
    const next = { ArrowRight: now + 1, ArrowLeft: now - 1, Home: 0, End: all.length - 1 }[event.key];
    if (event.key === 'Escape') {
      this.#dismiss(false);
    } else if (next !== undefined && all[next]) {
      event.preventDefault();
      event.stopPropagation();
      all[now].tabIndex = -1;
      all[next].tabIndex = 0;
      all[next].focus();
    }
  }
}

const pair = (name, ...value) => h('div', null, h('dt', null, name), h('dd', null, value));
