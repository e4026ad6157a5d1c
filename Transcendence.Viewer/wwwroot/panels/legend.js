// The legend: names, colours and calculated values; also what a screen reader reads of a chart.

import { h } from '../shared/dom.js';
import { calculations, reduce } from '../calculations.js';
import { display } from '../fieldconfig.js';

const spoken = ['lastNotNull', 'mean', 'max'];

export class Legend {
  /**
   * @param {{ displayMode?: string, placement?: string, showLegend?: boolean, calcs?: string[], width?: number, sortBy?: string, sortDesc?: boolean }} [options]
   * @param {{ toggle(name: string, alone: boolean): void, focus(name: string | null): void }} actions
   */
  constructor(options = {}, actions) {
    const { displayMode = 'list', placement = 'bottom', showLegend = true, calcs = [], width, sortBy, sortDesc = true } = options;
    this.actions = actions;
    this.calcs = calcs;
    this.visible = showLegend && displayMode !== 'hidden';
    this.table = displayMode === 'table';
    this.placement = this.visible ? placement : 'none';
    this.sort = sortBy ? { by: sortBy, descending: sortDesc } : null;
    this.element = h('div', { class: 'legend' });
    if (this.visible && placement === 'right' && width) {
      this.element.style.width = `${width}px`;
    }
    this.element.addEventListener('mouseleave', () => actions.focus(null));
  }

  clear() {
    this.element.replaceChildren();
  }

  /** @param {import('./series.js').ChartSeries[]} series */
  show(series) {
    const listed = series.filter(({ custom }) => !custom.hideFrom?.legend);
    this.last = series;
    if (!this.visible) {
      this.element.replaceChildren(h('div', { class: 'visually-hidden' }, this.#table(series, spoken, true)));
    } else if (this.table) {
      this.element.replaceChildren(this.#table(listed, this.calcs, false));
    } else {
      this.element.replaceChildren(
        h('ul', { class: 'legend-list' }, listed.map(s => h('li', null, this.#name(s), this.calcs.map(id =>
          h('span', { class: 'legend-calc' }, `${label(id)}: `, h('b', null, text(s, id))))))),
        ...(this.calcs.length ? [] : [h('div', { class: 'visually-hidden' }, this.#table(series, spoken, true))]));
    }
  }

  #name(s) {
    const swatch = h('span', { class: 'swatch' });
    swatch.style.background = s.color;
    return h('button', {
      type: 'button', class: 'plain legend-name', 'aria-pressed': String(!s.hidden), dataset: { key: `legend-${s.name}` },
      title: 'Shows this series alone, or all again. With Ctrl: switches this one.',
      onclick: event => this.actions.toggle(s.name, !(event.ctrlKey || event.metaKey || event.shiftKey)),
      onmouseenter: () => this.actions.focus(s.name),
    }, swatch, h('span', null, s.name));
  }

  #table(series, calcs, plain) {
    const rows = this.#sorted(series, calcs).map(s => h('tr', { class: s.hidden ? 'off' : undefined },
      h('th', { scope: 'row' }, plain ? s.name : this.#name(s)), calcs.map(id => h('td', null, text(s, id)))));
    return h('table', { class: plain ? null : 'legend-table' },
      h('thead', null, h('tr', null, h('th', { scope: 'col' }, plain ? 'Series' : this.#header('Name')), calcs.map(id => this.#column(id, plain)))),
      h('tbody', null, rows));
  }

  #column(id, plain) {
    const sorted = this.sort?.by === label(id);
    return h('th', { scope: 'col', 'aria-sort': sorted && !plain ? (this.sort.descending ? 'descending' : 'ascending') : undefined }, plain ? label(id) : this.#header(label(id)));
  }

  #header(name) {
    const mark = this.sort?.by === name ? (this.sort.descending ? ' ↓' : ' ↑') : '';
    return h('button', { type: 'button', class: 'plain sort', dataset: { key: `sort-${name}` }, onclick: () => {
      // Down, up, as it comes.
      this.sort = this.sort?.by !== name ? { by: name, descending: true } : this.sort.descending ? { by: name, descending: false } : null;
      this.show(this.last);
      this.element.querySelector(`[data-key="${CSS.escape(`sort-${name}`)}"]`)?.focus();
    } }, name, mark);
  }

  #sorted(series, calcs) {
    const { by, descending } = this.sort ?? {};
    if (!by) {
      return series;
    }
    const id = calcs.find(calc => label(calc) === by);
    const direction = descending ? -1 : 1;
    if (!id) {
      return by === 'Name' ? [...series].sort((a, b) => direction * a.name.localeCompare(b.name)) : series;
    }
    return series.map(s => [s, reduce(id, s.values)]).sort(([, a], [, b]) => (a === null) - (b === null) || direction * (a - b)).map(([s]) => s);
  }
}

const label = id => calculations[id]?.label ?? id;
const text = ({ field, values }, id) => (id in calculations ? display(id === 'count' || id.endsWith('Count') ? { ...field, config: {} } : field, reduce(id, values)).full : '–');
