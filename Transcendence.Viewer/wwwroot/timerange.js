// Time ranges as Grafana writes them, and how long a step is.

const unitMs = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000, M: 2_592_000_000, y: 31_536_000_000 };

const unitNames = { s: 'second', m: 'minute', h: 'hour', d: 'day', w: 'week', M: 'month', y: 'year' };

/** @typedef {{ from: string, to: string }} RawRange What is in the URL: `now-1h`, `now/d`, milliseconds since 1970, or ISO 8601. */
/** @typedef {{ from: number, to: number }} TimeRange Milliseconds since 1970. */

/** The ranges of the picker, the most used first. */
export const quickRanges = [
  ['now-5m', 'Last 5 minutes'], ['now-15m', 'Last 15 minutes'], ['now-30m', 'Last 30 minutes'], ['now-1h', 'Last 1 hour'],
  ['now-3h', 'Last 3 hours'], ['now-6h', 'Last 6 hours'], ['now-12h', 'Last 12 hours'], ['now-24h', 'Last 24 hours'],
  ['now-2d', 'Last 2 days'], ['now-7d', 'Last 7 days'], ['now-15d', 'Last 15 days'], ['now-30d', 'Last 30 days'],
  ['now/d', 'Today so far'], ['now-1d/d', 'Yesterday', 'now-1d/d'], ['now/w', 'This week so far'],
].map(([from, label, to = 'now']) => ({ from, to, label }));

/** How often the picker offers to refresh. */
export const refreshIntervals = ['5s', '10s', '30s', '1m', '5m', '15m', '30m', '1h', '2h', '1d'];

/**
 * A duration as Prometheus and Grafana write it (`15s`, `1m30s`, `500ms`, also `>15s`), in milliseconds.
 * @param {string | number | null | undefined} text A bare number is seconds.
 * @returns {number | null} null when it is none.
 */
export function parseDuration(text) {
  const trimmed = String(text ?? '').trim().replace(/^>=?/, '');
  if (/^\d+(\.\d+)?$/.test(trimmed)) {
    return Number(trimmed) * 1000;
  }
  if (!/^(\d+(\.\d+)?(ms|[smhdwMy]))+$/.test(trimmed)) {
    return null;
  }
  let total = 0;
  for (const [, count, unit] of trimmed.matchAll(/(\d+(?:\.\d+)?)(ms|[smhdwMy])/g)) {
    total += Number(count) * unitMs[unit];
  }
  return total;
}

/**
 * How often to refresh. Below a second a browser does little else; above 24 days its timer fires at once.
 * @param {string} text
 * @returns {number | null} Milliseconds; null when it is nothing from 1s to 1d.
 */
export function parseRefresh(text) {
  const ms = parseDuration(text);
  return ms >= unitMs.s && ms <= unitMs.d ? ms : null;
}

/**
 * Milliseconds as the shortest duration that Prometheus reads: 90000 is `90s`, 60000 `1m`.
 * @param {number} ms
 */
export function formatDuration(ms) {
  if (ms % 1000 !== 0) {
    return `${Math.round(ms)}ms`;
  }
  for (const unit of ['d', 'h', 'm']) {
    if (ms >= unitMs[unit] && ms % unitMs[unit] === 0) {
      return `${ms / unitMs[unit]}${unit}`;
    }
  }
  return `${ms / 1000}s`;
}

/**
 * One end of a range.
 * @param {string | number} text
 * @param {number} now
 * @param {boolean} roundUp Whether `/d` means the day's end.
 * @returns {number} Milliseconds; NaN when it is no time.
 */
export function parseTime(text, now, roundUp) {
  const trimmed = String(text).trim();
  if (/^\d{9,}$/.test(trimmed)) {
    return Number(trimmed);
  }
  const match = /^now((?:[+-]\d+[smhdwMy])*)(?:\/([smhdwMy]))?$/.exec(trimmed);
  if (!match) {
    return Date.parse(/^\d{4}-\d{2}-\d{2}$/.test(trimmed) ? `${trimmed}T00:00:00` : trimmed.replace(' ', 'T'));
  }
  const date = new Date(now);
  for (const [, sign, count, unit] of match[1].matchAll(/([+-])(\d+)([smhdwMy])/g)) {
    move(date, Number(`${sign}${count}`), unit);
  }
  if (match[2]) {
    floor(date, match[2]);
    if (roundUp) {
      move(date, 1, match[2]);
      date.setTime(date.getTime() - 1);
    }
  }
  return date.getTime();
}

// By the calendar: a day may have 23 hours, a month 28 days.
function move(date, count, unit) {
  switch (unit) {
    case 'd': date.setDate(date.getDate() + count); break;
    case 'w': date.setDate(date.getDate() + 7 * count); break;
    case 'M': date.setMonth(date.getMonth() + count); break;
    case 'y': date.setFullYear(date.getFullYear() + count); break;
    default: date.setTime(date.getTime() + count * unitMs[unit]);
  }
}

function floor(date, unit) {
  const units = ['s', 'm', 'h', 'd', 'w', 'M', 'y'];
  const rank = units.indexOf(unit);
  date.setMilliseconds(0);
  if (rank >= 1) date.setSeconds(0);
  if (rank >= 2) date.setMinutes(0);
  if (rank >= 3) date.setHours(0);
  if (unit === 'w') date.setDate(date.getDate() - ((date.getDay() + 6) % 7)); // From Monday.
  if (rank >= 5) date.setDate(1);
  if (rank >= 6) date.setMonth(0);
}

/**
 * @param {RawRange} raw
 * @param {number} now
 * @returns {TimeRange | null} null when an end is no time, or the end is not after the start.
 */
export function resolveRange(raw, now) {
  const from = parseTime(raw.from, now, false);
  const to = parseTime(raw.to, now, true);
  return from < to ? { from, to } : null;
}

/** Twice the range around the same middle, and not into the future. @param {TimeRange} range @param {number} now @returns {RawRange} */
export function zoomOut(range, now) {
  const span = range.to - range.from;
  const to = Math.min(range.to + span / 2, Math.max(now, range.to));
  return { from: String(Math.round(to - 2 * span)), to: String(Math.round(to)) };
}

/** The range before (-1) or after (+1). @param {TimeRange} range @param {number} direction @returns {RawRange} */
export function shiftRange(range, direction) {
  const by = direction * (range.to - range.from) / 2;
  return { from: String(Math.round(range.from + by)), to: String(Math.round(range.to + by)) };
}

/** The range in words. @param {RawRange} raw */
export function describeRange(raw) {
  const quick = quickRanges.find(({ from, to }) => from === raw.from && to === raw.to);
  if (quick) {
    return quick.label;
  }
  const [, count, unit] = (raw.to === 'now' && /^now-(\d+)([smhdwMy])$/.exec(raw.from)) || [];
  if (count) {
    return `Last ${count} ${unitNames[unit]}${count === '1' ? '' : 's'}`;
  }
  return `${describeTime(raw.from)} to ${describeTime(raw.to)}`;
}

/** A time for an input field. @param {string} text */
export function describeTime(text) {
  return /^\d{9,}$/.test(text) ? formatLocal(Number(text)) : text;
}

/** `2026-11-22 18:30:00` in the browser's time zone. @param {number} ms */
export function formatLocal(ms) {
  const d = new Date(ms);
  const two = n => String(n).padStart(2, '0');
  return `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())} ${two(d.getHours())}:${two(d.getMinutes())}:${two(d.getSeconds())}`;
}

// Up to the first number (exclusive) the interval is the second. Grafana's own steps:
// https://grafana.com/docs/grafana/latest/dashboards/variables/add-template-variables/#__interval
const roundIntervals = [
  [10, 1], [15, 10], [35, 20], [75, 50], [150, 100], [350, 200], [750, 500], [1500, 1000], [3500, 2000], [7500, 5000], [12_500, 10_000],
  [17_500, 15_000], [25_000, 20_000], [45_000, 30_000], [90_000, 60_000], [210_000, 120_000], [450_000, 300_000], [750_000, 600_000],
  [1_050_000, 900_000], [1_500_000, 1_200_000], [2_700_000, 1_800_000], [5_400_000, 3_600_000], [9_000_000, 7_200_000],
  [16_200_000, 10_800_000], [32_400_000, 21_600_000], [86_400_000, 43_200_000], [604_800_000, 86_400_000], [1_814_400_000, 604_800_000],
  [3_628_800_000, 2_592_000_000], [Infinity, 31_536_000_000],
];

/**
 * `$__interval`: the range divided by the points that there is room for, rounded, and not below the least interval.
 * https://grafana.com/docs/grafana/latest/panels-visualizations/query-transform-data/#query-options
 * @param {TimeRange} range
 * @param {number} maxDataPoints
 * @param {number} minIntervalMs
 * @returns {number} Milliseconds.
 */
export function calculateInterval(range, maxDataPoints, minIntervalMs) {
  const exact = (range.to - range.from) / Math.max(1, maxDataPoints);
  const rounded = roundIntervals.find(([below]) => exact < below)[1];
  return Math.max(rounded, minIntervalMs);
}

/**
 * The step of a range query, and what the time variables are for it.
 * @param {object} options
 * @param {TimeRange} options.range
 * @param {number} options.maxDataPoints How many points the panel has room for.
 * @param {number | null} [options.minStepMs] The query's own `interval` ("min step").
 * @param {number | null} [options.panelIntervalMs] The panel's `interval` ("min interval").
 * @param {number} options.scrapeIntervalMs The data source's `timeInterval`.
 * @param {number} [options.intervalFactor] The query's `intervalFactor`: every n-th point only.
 * @param {number} options.maxPoints The most points that the server gives.
 * @returns {{ stepMs: number, intervalMs: number, rateIntervalMs: number }}
 */
export function calculateStep({ range, maxDataPoints, minStepMs, panelIntervalMs, scrapeIntervalMs, intervalFactor = 1, maxPoints }) {
  const minimum = minStepMs ?? panelIntervalMs ?? scrapeIntervalMs;
  const intervalMs = calculateInterval(range, maxDataPoints, minimum);
  const safe = Math.ceil((range.to - range.from) / (maxPoints - 1) / 1000) * 1000;
  const stepMs = Math.max(intervalMs * intervalFactor, safe > minimum ? safe : 0);
  // "max($__interval + Scrape interval, 4 * Scrape interval), where Scrape interval is the Min step setting, if any is set":
  // https://grafana.com/docs/grafana/latest/datasources/prometheus/template-variables/#use-__rate_interval
  const scrape = minStepMs ?? scrapeIntervalMs;
  return { stepMs, intervalMs: stepMs, rateIntervalMs: Math.max(stepMs + scrape, 4 * scrape) };
}

/**
 * Start and end on multiples of the step, so that points do not wander with each refresh.
 * @param {TimeRange} range
 * @param {number} stepMs
 * @returns {TimeRange}
 */
export function alignRange(range, stepMs) {
  return { from: Math.floor(range.from / stepMs) * stepMs, to: Math.floor(range.to / stepMs) * stepMs };
}
