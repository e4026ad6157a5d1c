// What a chart's values are at the pointer.

import { h } from '../shared/dom.js';
import { cssColor } from '../color.js';
import { display } from '../fieldconfig.js';
import { formatLocal } from '../timerange.js';

export class Tooltip {
  /** @param {{ mode?: string, sort?: string, hideZeros?: boolean, maxHeight?: number, maxWidth?: number }} [options] */
  constructor({ mode = 'single', sort = 'none', hideZeros = false, maxHeight, maxWidth } = {}) {
    Object.assign(this, { mode, sort, hideZeros });
    this.element = h('div', { class: 'tooltip', hidden: true, 'aria-hidden': 'true' });
    if (maxHeight) {
      this.element.style.maxHeight = `${maxHeight}px`;
    }
    if (maxWidth) {
      this.element.style.maxWidth = `${maxWidth}px`;
    }
    document.body.append(this.element);
  }

  /**
   * @param {import('../lib/uplot/uPlot.esm.js').default} u
   * @param {import('./series.js').ChartSeries[]} series
   * @param {number} idx
   * @param {number | null} top The pointer's height in the chart, where it is in this one.
   * @param {Array<{ from: number, to: number, title: string, text: string, tags: string[], color: string }>} annotations What happened then.
   */
  show(u, series, idx, top, annotations) {
    if (this.mode === 'none') {
      return;
    }
    let rows = series.map((s, i) => ({ s, value: s.values[idx], y: u.data[i + 1][idx], scale: u.series[i + 1].scale }))
      .filter(({ s, value }) => !s.hidden && !s.custom.hideFrom?.tooltip && value !== undefined && value !== null && !Number.isNaN(value) && !(this.hideZeros && value === 0));
    const distance = ({ y, scale }) => Math.abs(u.valToPos(y, scale) - top);
    const nearest = top === null ? undefined : rows.reduce((best, row) => (best && distance(best) <= distance(row) ? best : row), undefined);
    if (this.mode === 'single') {
      rows = nearest ? [nearest] : rows;
    }
    if (this.sort !== 'none' && this.mode === 'multi') {
      rows.sort((a, b) => (this.sort === 'desc' ? b.value - a.value : a.value - b.value));
    }
    if (rows.length === 0 && annotations.length === 0) {
      this.hide();
      return;
    }
    this.element.replaceChildren(
      h('div', { class: 'tooltip-time' }, formatLocal(u.data[0][idx] * 1000)),
      h('table', null, h('tbody', null, rows.map(row => {
        const swatch = h('span', { class: 'swatch' });
        swatch.style.background = row.s.color;
        return h('tr', { class: row === nearest && rows.length > 1 ? 'nearest' : undefined },
          h('th', null, swatch, row.s.name), h('td', null, display(row.s.field, row.value).full));
      }))),
      ...annotations.map(({ from, to, title, text, tags, color }) => {
        const swatch = h('span', { class: 'swatch' });
        swatch.style.background = cssColor(color);
        return h('div', { class: 'tooltip-event' }, h('div', null, swatch, h('b', null, title), tags.map(tag => h('span', { class: 'tag' }, tag))), text ? h('div', null, text) : null,
          h('div', { class: 'tooltip-time' }, to > from ? `${formatLocal(from)} to ${formatLocal(to)}` : formatLocal(from)));
      }));
    this.element.hidden = false;
    const plot = u.over.getBoundingClientRect();
    place(this.element, plot.left + u.cursor.left, top === null ? plot.top + 8 : plot.top + top);
  }

  hide() {
    this.element.hidden = true;
  }

  destroy() {
    this.element.remove();
  }
}

/**
 * Puts a floating element beside a point, inside the window.
 * @param {HTMLElement} element
 * @param {number} x
 * @param {number} y
 */
export function place(element, x, y) {
  const { offsetWidth: width, offsetHeight: height } = element;
  const left = x + 14 + width <= innerWidth - 4 ? x + 14 : Math.max(4, x - 14 - width);
  const top = Math.max(4, Math.min(innerHeight - height - 4, y + 14));
  element.style.left = `${left}px`;
  element.style.top = `${top}px`;
}
