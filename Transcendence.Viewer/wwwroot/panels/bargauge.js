// The bar gauge panel: values side by side, as lengths between min and max.

import { h } from '../shared/dom.js';
import { readable, token, withAlpha } from '../color.js';
import { bounds, thresholdColor, valueColor } from '../fieldconfig.js';
import { calculations } from '../calculations.js';
import { anchor } from '../links.js';
import { shownValues } from './values.js';
import { whenSized } from './size.js';

const cells = 40;

export class BarGaugePanel {
  /** @param {import('../panel.js').Panel} panel */
  constructor(panel) {
    this.panel = panel;
    this.element = h('div', { class: 'bars' });
    this.size = whenSized(this.element, () => this.redraw());
  }

  async draw(answer) {
    const read = () => shownValues(answer.frames, this.panel.json.options?.reduceOptions, this.panel.scope);
    // Bars are compared with each other: what has no limit of its own gets that of all.
    const first = read();
    const numbers = first.map(({ display }) => display.numeric);
    const [low, high] = [calculations.min.of(numbers) ?? 0, calculations.max.of(numbers) ?? 100];
    for (const { field } of first) {
      field.config.min ??= Math.min(0, low);
      field.config.max ??= field.config.unit === 'percentunit' ? Math.max(1, high) : field.config.unit === 'percent' ? Math.max(100, high) : high > field.config.min ? high : field.config.min + 1;
    }
    const values = read(); // Colours may follow from the limits.
    this.values = values;
    this.facts = { series: values.map(({ name, display }) => ({ name, values: [display.numeric], times: null })) };
    await this.size.known;
    this.redraw();
    return values.length > 0;
  }

  destroy() {
    this.size.stop();
  }

  redraw() {
    if (!this.values) {
      return;
    }
    const { orientation = 'auto', displayMode = 'gradient', valueMode = 'color', showUnfilled = true, namePlacement = 'auto', minVizHeight = 16, maxVizHeight = 300 } = this.panel.json.options ?? {};
    const { width, height } = this.size.current;
    const horizontal = orientation === 'horizontal' || (orientation === 'auto' && width <= height);
    const named = namePlacement !== 'hidden';
    const placement = namePlacement === 'auto' ? (height / this.values.length > 48 ? 'top' : 'left') : namePlacement;
    Object.assign(this.element.dataset, { orientation: horizontal ? 'horizontal' : 'vertical', name: horizontal ? placement : 'bottom', mode: displayMode });
    this.element.replaceChildren(...this.values.map(({ name, field, display: shown, links }) => {
      const [min, max] = bounds(field);
      const ratio = Math.min(1, Math.max(0, Number.isFinite(shown.numeric) ? (shown.numeric - min) / (max - min) : 0));
      const color = shown.color ?? token('--text-muted');
      const bar = h('div', { class: `bar-track${showUnfilled ? ' unfilled' : ''}`, role: 'meter', 'aria-label': name, 'aria-valuemin': min, 'aria-valuemax': max, 'aria-valuenow': Number.isFinite(shown.numeric) ? shown.numeric : min, 'aria-valuetext': shown.full },
        displayMode === 'lcd' ? lcd(field, ratio, [min, max]) : fill(field, ratio, color, displayMode, horizontal));
      const text = h('div', { class: 'bar-value', 'aria-hidden': 'true' }, shown.full);
      if (valueMode === 'color') {
        text.style.color = readable(color, token('--surface'), 4.5);
      }
      const row = h('div', { class: 'bar' }, named ? h('div', { class: 'bar-name', title: name }, links.length ? anchor({ ...links[0], title: name }) : name) : null, bar, valueMode === 'hidden' ? null : text);
      if (horizontal) {
        row.style.minHeight = `${minVizHeight}px`;
        row.style.maxHeight = `${maxVizHeight}px`;
      }
      return row;
    }));
  }
}

function fill(field, ratio, color, mode, horizontal) {
  const element = h('div', { class: 'bar-fill' });
  element.style[horizontal ? 'width' : 'height'] = `${ratio * 100}%`;
  if (mode === 'gradient' && field.config.color?.mode !== 'fixed') {
    const [min, max] = bounds(field);
    const stops = [0, 0.25, 0.5, 0.75, 1].map(part => `${valueColor(field, min + (max - min) * ratio * part)} ${part * 100}%`);
    element.style.background = `linear-gradient(to ${horizontal ? 'right' : 'top'}, ${stops.join(', ')})`;
  } else {
    element.style.background = withAlpha(color, mode === 'basic' ? 0.35 : 0.8);
    element.style[horizontal ? 'borderRight' : 'borderTop'] = `2px solid ${color}`;
  }
  return element;
}

function lcd(field, ratio, [min, max]) {
  return h('div', { class: 'bar-lcd' }, Array.from({ length: cells }, (_, i) => {
    const cell = h('span');
    const color = field.config.color?.mode === 'fixed' ? valueColor(field, 0) : valueColor(field, min + (max - min) * (i + 1) / cells, 'thresholds') ?? thresholdColor(field, min);
    cell.style.background = (i + 0.5) / cells <= ratio ? color : withAlpha(color, 0.15);
    return cell;
  }));
}
