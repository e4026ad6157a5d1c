// The time series panel: uPlot, as in Grafana.

import uPlot from '../lib/uplot/uPlot.esm.js';
import { h } from '../shared/dom.js';
import { cssColor, token, withAlpha } from '../color.js';
import { thresholds } from '../fieldconfig.js';
import { chartSeries, drawable, lineColor, stack } from './series.js';
import { scalesAndAxes } from './axes.js';
import { Legend } from './legend.js';
import { Tooltip } from './tooltip.js';
import { ExemplarLayer } from './exemplars.js';
import { annotationsAt, drawAnnotations } from './annotations.js';
import { whenSized } from './size.js';

export class TimeseriesPanel {
  /** @param {import('../panel.js').Panel} panel */
  constructor(panel) {
    this.panel = panel;
    this.plot = h('div', { class: 'plot', tabindex: '0', role: 'group' });
    this.legend = new Legend(panel.json.options?.legend, {
      toggle: (name, alone) => this.#toggle(name, alone),
      focus: name => this.#focus(name),
    });
    this.tooltip = new Tooltip(panel.json.options?.tooltip);
    this.exemplarLayer = new ExemplarLayer(panel);
    this.element = h('div', { class: 'chart', dataset: { legend: this.legend.placement } }, this.plot, this.legend.element);
    /** Series that the reader has switched off, by name. */
    this.off = new Set();
    /** The series that the legend points out, by name. */
    this.emphasized = null;
    this.plot.addEventListener('keydown', event => this.#key(event));
    for (const left of ['blur', 'mouseleave']) {
      this.plot.addEventListener(left, () => this.#pointed || this.#leave());
    }
    this.size = whenSized(this.plot, size => this.#resize(size));
  }

  /** @param {import('../query.js').Answer} answer */
  async draw(answer) {
    this.answer = answer;
    const { times, series } = chartSeries(answer.frames);
    this.times = times;
    this.series = series;
    for (const name of this.off) {
      if (!series.some(s => s.name === name)) {
        this.off.delete(name);
      }
    }
    this.facts = {
      series: series.map(({ name, values }) => ({ name, values, times })),
      exemplars: answer.exemplars,
    };
    if (!series.some(({ values }) => Array.prototype.some.call(values, Number.isFinite))) {
      this.#clear();
      return false;
    }
    this.#showLegend();
    await this.size.known;
    this.#build();
    return true;
  }

  redraw() {
    if (this.chart) {
      this.series.forEach(s => { s.color = lineColor(s.field); });
      this.#showLegend();
      this.#build();
    }
  }

  destroy() {
    this.#clear();
    this.size.stop();
    this.tooltip.destroy();
  }

  #clear() {
    this.exemplarLayer.clear();
    this.tooltip.hide();
    this.chart?.destroy();
    this.chart = undefined;
    this.legend.clear();
  }

  #showLegend() {
    this.series.forEach(s => { s.hidden = this.off.has(s.name); });
    this.legend.show(this.series);
    const { title } = this.panel;
    this.plot.setAttribute('aria-label', `Chart of ${title || 'this panel'}, ${this.series.length} series; their values are in the legend. Left and right move through time.`);
  }

  #build() {
    const { panel, series, times, answer } = this;
    const { scales, axes, keys } = scalesAndAxes(series, answer.range);
    const { columns, bands } = stack(series, times.length);
    const data = [times, ...columns.map((column, i) => drawable(column, times, series[i].custom.spanNulls))];
    const { page } = panel;
    const shared = page.sharesCrosshair;
    const old = this.chart;
    // What is being read stays: below the pointer, here or in another chart, or at the moment that the keys have chosen.
    const focused = this.plot.matches(':focus');
    const { left = -10, top = -10 } = ((focused || this.#pointed) && old?.cursor) || {};
    this.keyed = focused && !this.#pointed && left >= 0;
    const moment = this.keyed ? old?.data[0][old.cursor.idx] : undefined;
    if (!this.legend.element.matches(':hover')) {
      this.emphasized = null;
    }
    const options = {
      ...this.size.current,
      pxAlign: true,
      scales, axes,
      padding: [8, axes.some(({ side }) => side === 1) ? 0 : 18, 0, axes.some(({ side }) => side === 3) ? 0 : 18],
      series: [{}, ...series.map((s, i) => uplotSeries(s, keys[i]))],
      bands: bands.map(([upper, lower]) => ({ series: [upper + 1, lower + 1] })),
      legend: { show: false },
      focus: { alpha: 0.25 },
      cursor: {
        y: false,
        left, top,
        drag: { x: true, y: false, setScale: false, dist: 4 },
        points: { size: 7, width: 1, stroke: () => token('--surface'), fill: (u, i) => series[i - 1].color },
        bind: { dblclick: () => () => { page.zoomOut(); return null; } },
        ...(shared ? { sync: { key: 'dashboard', scales: ['x', null], setSeries: false, filters: { pub: isMove } } } : {}),
      },
      hooks: {
        drawAxes: [u => drawThresholds(u, series, keys)],
        draw: [u => drawAnnotations(u, panel.annotations)],
        setCursor: [u => this.#hover(u)],
        setSelect: [u => this.#select(u)],
        setSize: [u => this.exemplarLayer.place(u)],
        ready: [u => {
          if (this.keyed) {
            const { min, max } = u.scales.x;
            u.setCursor(moment >= min && moment <= max ? { left: u.valToPos(moment, 'x'), top } : { left: -10, top: -10 });
          }
          this.keyed = false;
        }],
      },
    };
    const chart = new uPlot(options, data, this.plot);
    old?.destroy();
    this.chart = chart;
    this.#focus(this.emphasized);
    this.exemplarLayer.show(chart, answer, refId => {
      const i = series.findIndex(s => s.field.refId === refId);
      return keys[i] ?? keys[0];
    });
  }

  #resize({ width, height }) {
    if (this.chart && width > 0 && height > 0) {
      this.chart.setSize({ width, height });
    }
  }

  #toggle(name, alone) {
    const names = new Set(this.series.map(s => s.name));
    if (!alone) {
      if (!this.off.delete(name)) {
        this.off.add(name);
      }
    } else if (this.off.size === names.size - 1 && !this.off.has(name)) {
      this.off.clear();
    } else {
      this.off = new Set([...names].filter(other => other !== name));
    }
    if (this.off.size === names.size) {
      this.off.clear();
    }
    this.panel.redraw();
  }

  #focus(name) {
    this.emphasized = name;
    const i = name === null ? -1 : this.series.findIndex(s => s.name === name && !s.hidden);
    this.chart?.setSeries(i < 0 ? null : i + 1, { focus: true }, false);
  }

  #hover(u) {
    const { idx, left, top } = u.cursor;
    const hovered = this.plot.matches(':hover');
    const wanted = hovered || this.keyed || this.panel.page.sharesTooltip;
    if (idx === null || idx === undefined || left < 0 || !wanted) {
      this.tooltip.hide();
      return;
    }
    this.tooltip.show(u, this.series, idx, hovered && !this.keyed ? top : null, annotationsAt(u, this.panel.annotations, left));
  }

  /** Whether the pointer is at this chart, or at one that shares its crosshair. */
  get #pointed() {
    return this.plot.matches(':hover') || (this.panel.page.sharesCrosshair && document.querySelector('.plot:hover') !== null);
  }

  #leave() {
    this.tooltip.hide();
    // A chart that came while the pointer went does not know of it.
    if (this.chart?.cursor.left >= 0) {
      this.chart.setCursor({ left: -10, top: -10 }, true, true);
    }
  }

  #select(u) {
    const { left, width } = u.select;
    if (width > 0) {
      const [from, to] = [left, left + width].map(x => Math.round(u.posToVal(x, 'x') * 1000));
      u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
      this.panel.page.setRange({ from: String(from), to: String(to) });
    }
  }

  #key(event) {
    const u = this.chart;
    if (!u || event.target !== this.plot) {
      return;
    }
    const last = this.times.length - 1;
    const now = u.cursor.idx ?? last + 1;
    const far = event.shiftKey ? 10 : 1;
    const next = { ArrowLeft: now - far, ArrowRight: now + far, Home: 0, End: last }[event.key];
    if (next === undefined) {
      if (event.key === 'Escape') {
        u.setCursor({ left: -10, top: -10 });
      }
      return;
    }
    event.preventDefault();
    const i = Math.min(last, Math.max(0, next));
    this.keyed = true;
    u.setCursor({ left: u.valToPos(this.times[i], 'x'), top: u.bbox.height / devicePixelRatio / 2 });
    this.keyed = false;
  }
}

// The crosshair is shared; what is chosen by dragging is chosen once.
const isMove = type => type === 'mousemove' || type === 'mouseleave';

const interpolations = { linear: 'linear', smooth: 'spline', stepBefore: 'stepped', stepAfter: 'stepped' };

function uplotSeries({ field, color, custom, hidden }, scale) {
  const {
    drawStyle = 'line', lineInterpolation = 'linear', lineWidth = 1, fillOpacity = 0, gradientMode = 'none', showPoints = 'auto', pointSize = 5,
    spanNulls = false, lineStyle, barAlignment = 0, barWidthFactor = 0.6, barMaxWidth = 200,
  } = custom;
  const opacity = fillOpacity / 100;
  return {
    label: field.title ?? field.name,
    scale,
    show: !hidden,
    stroke: color,
    width: drawStyle === 'points' ? 0 : lineWidth,
    dash: lineStyle?.fill === 'dash' ? lineStyle.dash ?? [10, 10] : lineStyle?.fill === 'dot' ? lineStyle.dash ?? [0, 10] : undefined,
    cap: lineStyle?.fill === 'dot' ? 'round' : undefined,
    fill: opacity === 0 || drawStyle === 'points' ? undefined : gradientMode === 'none' ? withAlpha(color, opacity) : fade(color, opacity),
    paths: paths(drawStyle, lineInterpolation, { barAlignment, barWidthFactor, barMaxWidth }),
    spanGaps: spanNulls === true,
    points: {
      size: pointSize, width: 0, fill: color, stroke: color,
      show: drawStyle === 'points' || showPoints === 'always' ? true : showPoints === 'never' || drawStyle === 'bars' ? false : undefined,
      // A value between two gaps has no line: without its point it would not be seen.
      filter: (u, i, show, gaps) => (drawStyle === 'bars' ? null : show ? null : lonely(u.data[i], gaps)),
    },
  };
}

function paths(drawStyle, interpolation, { barAlignment, barWidthFactor, barMaxWidth }) {
  switch (drawStyle) {
    case 'points': return () => null;
    case 'bars': return uPlot.paths.bars({ size: [barWidthFactor, barMaxWidth], align: barAlignment });
    default: {
      const kind = interpolations[interpolation] ?? 'linear';
      return uPlot.paths[kind](kind === 'stepped' ? { align: interpolation === 'stepBefore' ? -1 : 1 } : undefined);
    }
  }
}

function lonely(values, gaps) {
  if (!gaps?.length && values.length > 1) {
    return null;
  }
  const alone = [];
  for (let i = 0; i < values.length; i++) {
    if (typeof values[i] === 'number' && (values[i - 1] ?? null) === null && (values[i + 1] ?? null) === null) {
      alone.push(i);
    }
  }
  return alone.length ? alone : null;
}

function fade(color, opacity) {
  return u => {
    const { top, height } = u.bbox;
    if (!Number.isFinite(top + height)) {
      return withAlpha(color, opacity);
    }
    const gradient = u.ctx.createLinearGradient(0, top, 0, top + height);
    gradient.addColorStop(0, withAlpha(color, opacity));
    gradient.addColorStop(1, withAlpha(color, 0));
    return gradient;
  };
}

/** Lines and areas at the thresholds, once for each scale. */
function drawThresholds(u, series, keys) {
  for (const key of new Set(keys)) {
    const { field, custom } = series[keys.indexOf(key)];
    const mode = custom.thresholdsStyle?.mode ?? 'off';
    if (mode === 'off' || mode === 'series') {
      continue;
    }
    const { ctx, bbox } = u;
    const { min, max } = u.scales[key];
    const steps = thresholds(field);
    const y = value => Math.round(u.valToPos(Math.min(max, Math.max(min, value)), key, true));
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
    ctx.clip();
    steps.forEach(({ value, color }, i) => {
      if (mode.includes('area') && color !== 'transparent') {
        const [top, bottom] = [y(steps[i + 1]?.value ?? max), y(value === -Infinity ? min : value)];
        ctx.fillStyle = withAlpha(color, 0.12);
        ctx.fillRect(bbox.left, top, bbox.width, bottom - top);
      }
      if ((mode.includes('line') || mode.includes('dashed')) && value !== -Infinity && value >= min && value <= max) {
        ctx.strokeStyle = withAlpha(color, 0.75);
        ctx.lineWidth = devicePixelRatio;
        ctx.setLineDash(mode.includes('dashed') ? [8 * devicePixelRatio, 6 * devicePixelRatio] : []);
        ctx.beginPath();
        ctx.moveTo(bbox.left, y(value));
        ctx.lineTo(bbox.left + bbox.width, y(value));
        ctx.stroke();
      }
    });
    ctx.restore();
  }
}
