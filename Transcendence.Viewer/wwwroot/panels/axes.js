// Scales and axes of a chart.

import uPlot from '../lib/uplot/uPlot.esm.js';
import { formatter, isBinary, joined } from '../units.js';
import { token } from '../color.js';

const font = '11px system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif';

/**
 * Which series share an axis: those of the same unit, limits and place.
 * @param {import('./series.js').ChartSeries} series
 */
export function scaleKey({ field: { config }, custom }) {
  const { axisPlacement = 'auto', axisSoftMin, axisSoftMax, axisLabel, scaleDistribution = {}, axisCenteredZero } = custom;
  return ['y', unitOf(config, custom), config.min, config.max, axisSoftMin, axisSoftMax, axisPlacement, axisLabel, scaleDistribution.type, axisCenteredZero].join('/');
}

const unitOf = (config, custom) => (custom.stacking?.mode === 'percent' ? 'percentunit' : config.unit ?? 'short');

/**
 * @param {import('./series.js').ChartSeries[]} series
 * @param {{ from: number, to: number }} range Milliseconds.
 * @returns {{ scales: object, axes: object[], keys: string[] }} Of each series its scale's key.
 */
export function scalesAndAxes(series, range) {
  const keys = series.map(scaleKey);
  const scales = { x: { time: true, range: () => [range.from / 1000, range.to / 1000] } };
  const axes = [timeAxis()];
  let left = 0;
  for (const key of new Set(keys)) {
    const members = series.filter((_, i) => keys[i] === key);
    const { field: { config }, custom } = members[0];
    scales[key] = valueScale(config, custom);
    const placement = custom.axisPlacement ?? 'auto';
    const side = placement === 'left' || (placement === 'auto' && left === 0) ? 3 : 1;
    left += side === 3;
    if (placement !== 'hidden') {
      axes.push(valueAxis(key, side, config, custom, axes.length === 1));
    }
  }
  return { scales, axes, keys };
}

function valueScale(config, custom) {
  const { axisSoftMin: softMin, axisSoftMax: softMax, scaleDistribution = {}, axisCenteredZero } = custom;
  const set = value => typeof value === 'number';
  if (scaleDistribution.type === 'log') {
    const log = scaleDistribution.log === 2 ? 2 : 10;
    return { distr: 3, log, range: (u, min, max) => uPlot.rangeLog(config.min ?? (min > 0 ? min : 0.001), config.max ?? (max > 0 ? max : 1), log, false) };
  }
  const percent = custom.stacking?.mode === 'percent';
  const limits = {
    min: { pad: 0.1, hard: config.min ?? (percent ? 0 : -Infinity), soft: set(softMin) ? softMin : 0, mode: set(softMin) ? 1 : 3 },
    max: { pad: percent ? 0 : 0.1, hard: config.max ?? (percent ? 1 : Infinity), soft: set(softMax) ? softMax : 0, mode: set(softMax) ? 1 : 3 },
  };
  return {
    range(u, dataMin, dataMax) {
      if (dataMin === null || !Number.isFinite(dataMin)) {
        return [config.min ?? softMin ?? 0, config.max ?? softMax ?? (config.unit === 'percentunit' ? 1 : 100)];
      }
      // Nothing but zeros: uPlot would go up to 100.
      let [min, max] = dataMin === 0 && dataMax === 0 ? [0, softMax > 0 ? softMax : 1] : uPlot.rangeNum(dataMin, dataMax, limits);
      if (axisCenteredZero) {
        max = Math.max(Math.abs(min), Math.abs(max));
        min = -max;
      }
      min = config.min ?? min;
      max = config.max ?? max;
      return min < max ? [min, max] : [min, min + 1];
    },
  };
}

const wholeSteps = Array.from({ length: 12 }, (_, i) => [1, 2, 5].map(step => step * 10 ** i)).flat();
const powersOfTwo = Array.from({ length: 61 }, (_, i) => 2 ** (i - 10));

function valueAxis(scale, side, config, custom, first) {
  const unit = unitOf(config, custom);
  const format = formatter(unit);
  return {
    scale, side, font,
    stroke: () => token('--text-muted'),
    label: custom.axisLabel || undefined, labelFont: font, labelSize: 18, labelGap: 0,
    grid: { show: custom.axisGridShow ?? first, stroke: () => token('--chart-grid'), width: 1 },
    ticks: { show: false },
    border: { show: Boolean(custom.axisBorderShow), stroke: () => token('--border') },
    gap: 6, space: 32,
    ...(isBinary(unit) ? { incrs: powersOfTwo } : config.decimals === 0 && ['none', 'short'].includes(unit) ? { incrs: wholeSteps } : {}),
    values: (u, splits) => tickLabels(splits, (value, decimals) => joined(format(value, decimals)), config.decimals),
    size: (u, values) => Math.max(custom.axisWidth ?? 0, values ? widest(values) + 14 : 40),
  };
}

/**
 * As few decimals as tell the ticks apart.
 * @param {number[]} splits
 * @param {(value: number, decimals?: number) => string} format
 * @param {number | null} [decimals]
 */
export function tickLabels(splits, format, decimals) {
  const given = splits.map(value => (value === null ? null : format(value, decimals ?? undefined)));
  if (decimals !== undefined && decimals !== null) {
    return given.map((label, i) => (i > 0 && label === given[i - 1] ? '' : label));
  }
  // As many for all as the one needs that needs most.
  const decimalsOf = label => /\.(\d+)/.exec(label ?? '')?.[1].length ?? 0;
  let labels = given;
  for (let count = Math.max(0, ...given.map(decimalsOf)); count < 9; count++) {
    labels = splits.map(value => (value === null ? null : format(value, value === 0 ? 0 : count)));
    if (new Set(labels).size === labels.length) {
      break;
    }
  }
  return labels;
}

let measure;
function widest(texts) {
  measure ??= document.createElement('canvas').getContext('2d');
  measure.font = font;
  return Math.ceil(Math.max(0, ...texts.map(text => measure.measureText(text ?? '').width)));
}

function timeAxis() {
  return {
    scale: 'x', side: 2, font, size: 24, gap: 6, space: 70,
    stroke: () => token('--text-muted'),
    grid: { stroke: () => token('--chart-grid'), width: 1 },
    ticks: { show: false },
    values: (u, splits, axis, space, increment) => splits.map(seconds => timeTick(seconds, increment)),
  };
}

const two = n => String(n).padStart(2, '0');

/** @param {number} seconds @param {number} increment Seconds between ticks. */
export function timeTick(seconds, increment) {
  const d = new Date(seconds * 1000);
  const day = `${two(d.getMonth() + 1)}-${two(d.getDate())}`;
  const clock = `${two(d.getHours())}:${two(d.getMinutes())}`;
  if (increment >= 28 * 86_400) {
    return `${d.getFullYear()}-${two(d.getMonth() + 1)}`;
  }
  if (increment >= 86_400) {
    return day;
  }
  if (increment < 60) {
    return `${clock}:${two(d.getSeconds())}`;
  }
  return clock === '00:00' ? day : clock;
}
