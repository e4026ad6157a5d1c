// From frames to the columns that a chart draws: one axis of times, gaps, stacks.

import { displayName } from '../frames.js';
import { readable, token } from '../color.js';
import { seriesColor } from '../fieldconfig.js';

/**
 * @typedef {object} ChartSeries
 * @property {import('../frames.js').Field} field
 * @property {string} name
 * @property {string} color
 * @property {ArrayLike<number>} values On the chart's times; NaN where there is none.
 * @property {boolean} hidden Left out of the chart.
 * @property {any} custom `fieldConfig.…custom`.
 */

/**
 * The numeric fields that have times, all on the same times.
 * @param {import('../frames.js').Frame[]} frames
 * @returns {{ times: Float64Array, series: ChartSeries[] }} Times in seconds.
 */
export function chartSeries(frames) {
  const found = [];
  for (const { fields } of frames) {
    const time = fields.find(({ type }) => type === 'time');
    if (time) {
      found.push(...fields.filter(f => f.type === 'number' && !f.config.custom?.hideFrom?.viz).map(f => ({ f, times: time.values })));
    }
  }
  const times = joinTimes(found.map(item => item.times));
  return {
    times: Float64Array.from(times, ms => ms / 1000),
    series: found.map(({ f, times: own }) => ({
      field: f,
      name: displayName(f),
      color: lineColor(f),
      values: own === times || sameTimes(own, times) ? f.values : spread(own, f.values, times),
      hidden: false,
      custom: f.config.custom ?? {},
    })),
  };
}

/** A series' colour in the theme that is on: pale yellow is no line on white. @param {import('../frames.js').Field} f */
export function lineColor(f) {
  return readable(seriesColor(f), token('--surface'), 1.8);
}

const sameTimes = (a, b) => a.length === b.length && a[0] === b[0] && a[a.length - 1] === b[b.length - 1] && a[a.length >> 1] === b[b.length >> 1];

function joinTimes(all) {
  const distinct = [...new Set(all)];
  if (distinct.length === 0) {
    return [];
  }
  if (distinct.every(times => sameTimes(times, distinct[0]))) {
    return distinct[0];
  }
  return Float64Array.from(new Set(distinct.flatMap(times => Array.from(times)))).sort();
}

// Where only other series have a time, undefined: that is no gap.
function spread(own, values, times) {
  const result = new Array(times.length);
  for (let i = 0, j = 0; i < times.length && j < own.length; i++) {
    if (own[j] === times[i]) {
      result[i] = values[j++];
    }
  }
  return result;
}

/**
 * What uPlot draws: null where there is no value, undefined where a gap is to be bridged.
 * @param {ArrayLike<number>} values
 * @param {ArrayLike<number>} times In seconds.
 * @param {boolean | number} [spanNulls] A number bridges gaps up to so many milliseconds.
 */
export function drawable(values, times, spanNulls) {
  let gaps = false;
  for (let i = 0; i < values.length && !gaps; i++) {
    gaps = !Number.isFinite(values[i]);
  }
  if (!gaps) {
    return values;
  }
  const result = Array.from(values, value => (value === undefined || Number.isFinite(value) ? value : null));
  if (typeof spanNulls === 'number') {
    let last = -1;
    for (let i = 0; i < result.length; i++) {
      if (typeof result[i] === 'number') {
        if (last >= 0 && i > last + 1 && (times[i] - times[last]) * 1000 <= spanNulls) {
          result.fill(undefined, last + 1, i);
        }
        last = i;
      }
    }
  }
  return result;
}

/**
 * Puts series on top of each other where they say so.
 * @param {ChartSeries[]} series
 * @param {number} length
 * @returns {{ columns: Array<ArrayLike<number>>, bands: Array<[number, number]> }} The columns to draw (of hidden series: as they are),
 *   and which pairs of series enclose an area: upper and lower, by their place in the list.
 */
export function stack(series, length) {
  const groups = new Map();
  const columns = series.map(({ values, custom }) => (custom.transform === 'negative-Y' ? Array.from(values, value => -value) : values));
  series.forEach(({ custom, hidden }, i) => {
    const { mode = 'none', group = 'A' } = custom.stacking ?? {};
    if (mode !== 'none' && !hidden) {
      const key = `${mode} ${group} ${custom.transform ?? ''} ${custom.drawStyle ?? 'line'}`;
      groups.set(key, [...(groups.get(key) ?? []), i]);
    }
  });
  const bands = [];
  for (const [key, members] of groups) {
    const totals = new Float64Array(length);
    if (key.startsWith('percent')) {
      for (const i of members) {
        for (let t = 0; t < length; t++) {
          totals[t] += Math.abs(columns[i][t]) || 0;
        }
      }
    } else {
      totals.fill(1);
    }
    const height = new Float64Array(length);
    members.forEach((i, place) => {
      const column = new Float64Array(length);
      for (let t = 0; t < length; t++) {
        const value = columns[i][t];
        height[t] += totals[t] ? (value / totals[t]) || 0 : 0;
        column[t] = Number.isFinite(value) ? height[t] : NaN;
      }
      columns[i] = column;
      if (place > 0) {
        bands.push([i, members[place - 1]]);
      }
    });
  }
  return { columns, bands };
}
