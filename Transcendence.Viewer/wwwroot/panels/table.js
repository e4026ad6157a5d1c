// The table panel.

import { h } from '../shared/dom.js';
import { readable, textOn, token, withAlpha } from '../color.js';
import { bounds, display } from '../fieldconfig.js';
import { displayName } from '../frames.js';
import { anchor, dataLinks } from '../links.js';
import { sortRows } from '../transformations.js';

// More rows than anyone reads, few enough for every browser.
const maxRows = 1000;

export class TablePanel {
  /** @param {import('../panel.js').Panel} panel */
  constructor(panel) {
    this.panel = panel;
    this.options = panel.json.options ?? {};
    const [first] = this.options.sortBy ?? [];
    this.sort = first ? { name: first.displayName, descending: Boolean(first.desc) } : null;
    this.element = h('div', { class: 'table', tabindex: '0', role: 'region', 'aria-label': panel.title || 'Table', dataset: { cells: this.options.cellHeight ?? 'sm' } });
  }

  draw(answer) {
    const frames = answer.frames.filter(({ fields }) => fields.length > 0);
    this.frames = frames;
    this.frame = frames[Math.min(this.chosen ?? this.options.frameIndex ?? 0, frames.length - 1)];
    const fields = this.frame?.fields ?? [];
    this.facts = { series: fields.map(f => ({ name: displayName(f), values: f.values, times: null })) };
    if (!this.frame || this.frame.length === 0) {
      this.element.replaceChildren();
      return false;
    }
    this.redraw();
    return true;
  }

  redraw() {
    if (!this.frame?.length) {
      return;
    }
    const columns = this.frame.fields.filter(f => !f.config.custom?.hidden && !f.config.custom?.hideFrom?.viz);
    const sorted = this.sort && columns.find(f => displayName(f) === this.sort.name);
    const rows = sorted ? sortRows(this.frame, sorted, this.sort.descending) : Array.from({ length: this.frame.length }, (_, i) => i);
    this.element.replaceChildren(
      this.frames.length > 1 ? this.#chooser() : '',
      h('table', null,
        this.options.showHeader === false ? null : h('thead', null, h('tr', null, columns.map(f => this.#header(f)))),
        h('tbody', null, rows.slice(0, maxRows).map(row => h('tr', null, columns.map(f => this.#cell(f, row)))))),
      rows.length > maxRows ? h('p', { class: 'more' }, `${maxRows} of ${rows.length} rows. Narrow the query to see the others.`) : '');
  }

  #chooser() {
    const select = h('select', { 'aria-label': 'Series', onchange: event => {
      this.chosen = Number(event.target.value);
      this.frame = this.frames[this.chosen];
      this.redraw();
    } }, this.frames.map((f, i) => h('option', { value: String(i) }, displayName(f.fields.find(({ type }) => type === 'number') ?? f.fields[0]))));
    select.value = String(this.frames.indexOf(this.frame));
    return select;
  }

  #header(f) {
    const name = displayName(f);
    const active = this.sort?.name === name;
    const cell = h('th', { scope: 'col', class: `align-${alignment(f)}`, 'aria-sort': active ? (this.sort.descending ? 'descending' : 'ascending') : undefined },
      h('button', { type: 'button', class: 'plain sort', dataset: { key: `sort-${name}` }, onclick: () => {
        this.sort = !active ? { name, descending: f.type === 'number' } : this.sort.descending === (f.type === 'number') ? { name, descending: !this.sort.descending } : null;
        this.redraw();
        this.element.querySelector(`[data-key="${CSS.escape(`sort-${name}`)}"]`)?.focus();
      } }, name, active ? (this.sort.descending ? ' ↓' : ' ↑') : ''));
    const { width, minWidth } = f.config.custom ?? {};
    if (width) {
      cell.style.width = `${width}px`;
    }
    if (minWidth) {
      cell.style.minWidth = `${minWidth}px`;
    }
    return cell;
  }

  #cell(f, row) {
    const shown = display(f, f.values[row]);
    const { type = 'auto', mode = 'gradient' } = f.config.custom?.cellOptions ?? {};
    const links = dataLinks(f, row, this.frame.fields, this.panel.scope);
    const content = links.length ? anchor({ ...links[0], title: shown.full, tooltip: links[0].title }) : shown.full;
    const cell = h('td', { class: `align-${alignment(f)}` }, type === 'gauge' ? bar(f, shown) : null, content, links.slice(1).map(link => [' ', anchor(link)]));
    if (shown.color && type === 'color-text') {
      cell.style.color = readable(shown.color, token('--surface'), 4.5);
    } else if (shown.color && type === 'color-background') {
      cell.style.background = mode === 'basic' ? shown.color : `linear-gradient(120deg, ${shown.color}, ${withAlpha(shown.color, 0.75)})`;
      cell.style.color = textOn(shown.color);
    }
    return cell;
  }
}

function alignment(f) {
  const align = f.config.custom?.align ?? 'auto';
  return { left: 'start', right: 'end', center: 'center' }[align] ?? (f.type === 'number' ? 'end' : 'start');
}

function bar(f, shown) {
  const [min, max] = bounds(f);
  const fill = h('span');
  fill.style.width = `${Math.min(1, Math.max(0, (shown.numeric - min) / (max - min) || 0)) * 100}%`;
  fill.style.background = shown.color ?? token('--accent');
  return h('span', { class: 'cell-bar', 'aria-hidden': 'true' }, fill);
}
