// The stat panel: big numbers, with a sparkline behind them.

import { h, svg } from '../shared/dom.js';
import { readable, textOn, token } from '../color.js';
import { anchor } from '../links.js';
import { shownValues } from './values.js';
import { whenSized } from './size.js';

export class StatPanel {
  /** @param {import('../panel.js').Panel} panel */
  constructor(panel) {
    this.panel = panel;
    this.element = h('div', { class: 'stat' });
    this.size = whenSized(this.element, () => this.redraw());
  }

  async draw(answer) {
    this.range = answer.range;
    this.values = shownValues(answer.frames, this.panel.json.options?.reduceOptions, this.panel.scope);
    this.facts = { series: this.values.map(({ name, series, times, display }) => ({ name, values: series.length ? series : [display.numeric], times })) };
    await this.size.known;
    this.redraw();
    return this.values.length > 0;
  }

  destroy() {
    this.size.stop();
  }

  redraw() {
    if (!this.values) {
      return;
    }
    const { orientation = 'auto', textMode = 'auto', colorMode = 'value', graphMode = 'area', justifyMode = 'auto', text = {} } = this.panel.json.options ?? {};
    const { width, height } = this.size.current;
    const { values } = this;
    const beside = orientation === 'vertical' || (orientation === 'auto' && width > height * 1.3);
    const [w, h1] = beside ? [width / values.length, height] : [width, height / values.length];
    const mode = textMode === 'auto' ? (values.length > 1 ? 'value_and_name' : 'value') : textMode;
    const showName = mode === 'name' || mode === 'value_and_name';
    const showValue = mode === 'value' || mode === 'value_and_name';
    const longest = Math.max(1, ...values.map(({ display: { full } }) => full.length));
    const longestName = Math.max(1, ...values.map(({ name }) => name.length));
    const nameSize = text.titleSize ?? Math.max(10, Math.min(18, h1 * 0.2, (w - 16) / (longestName * 0.58)));
    const room = h1 - (showName && showValue ? nameSize * 1.5 : 0) - 10;
    const valueSize = text.valueSize ?? Math.max(12, Math.min(44, room * 0.72, (w - 20) / (longest * 0.58)));
    this.element.dataset.direction = beside ? 'row' : 'column';
    this.element.dataset.justify = justifyMode === 'auto' ? (values.length > 1 && !beside ? 'start' : 'center') : justifyMode;
    this.element.replaceChildren(...values.map(value => {
      const { name, display: shown, links } = value;
      const color = shown.color ?? token('--text');
      const ground = colorMode.startsWith('background');
      const item = h('div', { class: `stat-value${ground ? ' filled' : ''}` },
        graphMode === 'area' ? sparkline(value, this.range, w, h1, ground ? 'rgb(255 255 255 / .35)' : color) : null,
        showName ? h('div', { class: 'stat-name' }, name) : null,
        showValue ? h('div', { class: 'stat-number' }, shown.prefix, shown.text, shown.suffix ? h('span', { class: 'stat-suffix' }, shown.suffix) : null) : null,
        links.length ? h('div', { class: 'stat-links' }, links.map(link => anchor(link))) : null);
      const number = item.querySelector('.stat-number');
      const label = item.querySelector('.stat-name');
      if (ground) {
        item.style.background = color;
        item.style.color = textOn(color);
      } else if (number && colorMode === 'value') {
        number.style.color = readable(color, token('--surface'));
      }
      number && (number.style.fontSize = `${valueSize}px`);
      label && (label.style.fontSize = `${showValue ? nameSize : valueSize}px`);
      return item;
    }));
  }
}

/** The values as an area along the bottom. */
function sparkline({ series, times }, { from, to }, width, height, color) {
  const points = [];
  for (let i = 0; i < series.length; i++) {
    if (Number.isFinite(series[i])) {
      points.push([times ? (times[i] - from) / (to - from) : i / (series.length - 1), series[i]]);
    }
  }
  if (points.length < 2) {
    return null;
  }
  let [min, max] = [Infinity, -Infinity];
  for (const [, value] of points) {
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  const tall = height * 0.45;
  const y = value => (max > min ? tall - 2 - (value - min) / (max - min) * (tall - 4) : tall / 2);
  const line = points.map(([x, value], i) => `${i ? 'L' : 'M'}${(x * width).toFixed(1)},${y(value).toFixed(1)}`).join('');
  const [first, last] = [points[0][0] * width, points.at(-1)[0] * width];
  return svg('svg', { class: 'sparkline', viewBox: `0 0 ${width} ${tall}`, preserveAspectRatio: 'none', 'aria-hidden': 'true', height: tall },
    svg('path', { d: `${line}L${last},${tall}L${first},${tall}Z`, fill: color, 'fill-opacity': '.15' }),
    svg('path', { d: line, fill: 'none', stroke: color, 'stroke-width': '1.5' }));
}
