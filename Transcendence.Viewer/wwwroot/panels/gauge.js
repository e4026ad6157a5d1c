// The gauge panel: an arc between min and max, with the thresholds as a ring around it.

import { h, svg } from '../shared/dom.js';
import { readable, token } from '../color.js';
import { bounds, display, thresholds } from '../fieldconfig.js';
import { anchor } from '../links.js';
import { shownValues } from './values.js';
import { whenSized } from './size.js';

const start = -210;
const sweep = 240;

export class GaugePanel {
  /** @param {import('../panel.js').Panel} panel */
  constructor(panel) {
    this.panel = panel;
    this.element = h('div', { class: 'gauges' });
    this.size = whenSized(this.element, () => this.redraw());
  }

  async draw(answer) {
    // A gauge without limits is one of 0 to 100.
    answer.frames.flatMap(({ fields }) => fields).forEach(f => { f.config.min ??= 0; f.config.max ??= f.config.unit === 'percentunit' ? 1 : 100; });
    this.values = shownValues(answer.frames, this.panel.json.options?.reduceOptions, this.panel.scope);
    this.facts = { series: this.values.map(({ name, display: shown }) => ({ name, values: [shown.numeric], times: null })) };
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
    const { showThresholdMarkers = true, showThresholdLabels = false, orientation = 'auto' } = this.panel.json.options ?? {};
    const { width, height } = this.size.current;
    const beside = orientation === 'vertical' || (orientation === 'auto' && width > height);
    this.element.dataset.direction = beside ? 'row' : 'column';
    const title = this.values.length > 1;
    const [w, h1] = beside ? [width / this.values.length, height] : [width, height / this.values.length];
    const side = Math.max(60, Math.min(w, (h1 - (title ? 22 : 0)) * 1.25));
    this.element.replaceChildren(...this.values.map(value => h('div', { class: 'gauge' },
      gauge(value, side, showThresholdMarkers, showThresholdLabels),
      title ? h('div', { class: 'gauge-name' }, value.name) : null,
      value.links.length ? h('div', { class: 'stat-links' }, value.links.map(link => anchor(link))) : null)));
  }
}

function gauge({ name, field, display: shown }, side, markers, labels) {
  const [min, max] = bounds(field);
  const place = value => Math.min(1, Math.max(0, (value - min) / (max - min)));
  const steps = thresholds(field).filter(({ value }) => value < max);
  const color = shown.color ?? token('--text-muted');
  const ring = markers ? steps.map(({ value, color: own }, i) => {
    const next = steps[i + 1]?.value ?? max;
    return next > min ? arc(47, place(value === -Infinity ? min : value), place(next), own, 3) : null;
  }) : [];
  return svg('svg', { viewBox: labels ? '-16 -5 132 86' : '0 0 100 80', width: side, height: side * 0.8, role: 'img', 'aria-label': `${name}: ${shown.full}, from ${display(field, min).full} to ${display(field, max).full}` },
    arc(38, 0, 1, token('--surface-raised'), 11),
    Number.isFinite(shown.ratio) && shown.ratio > 0 ? arc(38, 0, place(shown.numeric), color, 11) : null,
    ring,
    labels ? steps.slice(1).map(({ value }) => {
      const [x, y] = point(53, place(value));
      return svg('text', { x, y, 'text-anchor': x < 40 ? 'end' : x > 60 ? 'start' : 'middle', 'font-size': 5.5, fill: token('--text-muted') }, display(field, value).full);
    }) : null,
    svg('text', { x: 50, y: 56, 'text-anchor': 'middle', 'font-weight': 600, 'font-size': Math.min(17, 92 / Math.max(3, shown.full.length)), fill: readable(color, token('--surface')) }, shown.full));
}

function point(radius, ratio) {
  const angle = (start + sweep * ratio) * Math.PI / 180;
  return [50 + radius * Math.cos(angle), 50 + radius * Math.sin(angle)];
}

function arc(radius, from, to, color, width) {
  const [x1, y1] = point(radius, from);
  const [x2, y2] = point(radius, to);
  return svg('path', {
    d: `M${x1.toFixed(2)},${y1.toFixed(2)}A${radius},${radius},0,${(to - from) * sweep > 180 ? 1 : 0},1,${x2.toFixed(2)},${y2.toFixed(2)}`,
    fill: 'none', stroke: color, 'stroke-width': width,
  });
}
