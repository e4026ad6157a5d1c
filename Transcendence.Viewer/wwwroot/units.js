// Numbers with units, by Grafana's ids (https://github.com/grafana/grafana/blob/main/packages/grafana-data/src/valueFormats/categories.ts).

import { formatLocal } from './timerange.js';

/** @typedef {{ prefix?: string, text: string, suffix?: string }} FormattedValue */
/** @typedef {(value: number, decimals?: number | null) => FormattedValue} Formatter */

// Three significant digits, and all of them before the point.
function ownDecimals(value) {
  return Number.isInteger(value) ? 0 : Math.min(20, Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value)))));
}

/**
 * A number as text, without a unit.
 * @param {number} value
 * @param {number | null} [decimals] Exactly so many; when omitted as many as are worth reading.
 */
export function toFixed(value, decimals) {
  if (!Number.isFinite(value)) {
    return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
  }
  if (decimals !== null && decimals !== undefined) {
    return value.toFixed(Math.min(20, Math.max(0, decimals)));
  }
  if (value !== 0 && (Math.abs(value) < 1e-9 || Math.abs(value) >= 1e15)) {
    return value.toExponential(2);
  }
  return String(Number(value.toFixed(ownDecimals(value))));
}

const fixed = suffix => (value, decimals) => ({ text: toFixed(value, decimals), suffix });

const scaled = (factor, suffixes, unit = '', start = 0) => (value, decimals) => {
  let step = start;
  let rest = value;
  // 999.96 would be written as 1000.
  while (Math.abs(rest) >= factor && step < suffixes.length - 1) {
    rest /= factor;
    step++;
  }
  return { text: toFixed(rest, decimals), suffix: ` ${suffixes[step]}${unit}`.trimEnd() };
};

const siPrefixes = ['', 'k', 'M', 'G', 'T', 'P', 'E'];
const binaryPrefixes = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const shortSteps = ['', 'K', 'Mil', 'Bil', 'Tri', 'Quadr', 'Quint'];

/** Small values of SI units too: 0.002 W is 2 mW. */
const si = unit => (value, decimals) => {
  const size = Math.abs(value);
  if (size > 0 && size < 1) {
    const step = Math.min(3, Math.ceil(-Math.log10(size) / 3));
    return { text: toFixed(value * 1000 ** step, decimals), suffix: ` ${['', 'm', 'µ', 'n'][step]}${unit}` };
  }
  return scaled(1000, siPrefixes, unit)(value, decimals);
};

// [from so many seconds on, seconds, suffix for one, for many]
const timeSteps = [
  [31_536_000, 31_536_000, 'year', 'years'], [604_800, 604_800, 'week', 'weeks'], [86_400, 86_400, 'day', 'days'], [3600, 3600, 'hour', 'hours'],
  [60, 60, 'min', 'mins'], [1, 1, 's', 's'], [1e-3, 1e-3, 'ms', 'ms'], [1e-6, 1e-6, 'µs', 'µs'], [0, 1e-9, 'ns', 'ns'],
];

const time = (inSeconds, smallest) => (value, decimals) => {
  const seconds = value * inSeconds;
  if (value === 0 || !Number.isFinite(seconds)) {
    return { text: toFixed(value, decimals), suffix: ` ${smallest}` };
  }
  const [, size, one, many] = timeSteps.find(([from]) => Math.abs(seconds) * (1 + 1e-12) >= from);
  const text = toFixed(Number((seconds / size).toPrecision(12)), decimals);
  return { text, suffix: ` ${text === '1' ? one : many}` };
};

const clockParts = seconds => {
  const whole = Math.floor(Math.abs(seconds));
  return [Math.floor(whole / 86_400), Math.floor(whole / 3600) % 24, Math.floor(whole / 60) % 60, whole % 60];
};

const hms = value => {
  const [days, hours, minutes, seconds] = clockParts(value);
  const two = n => String(n).padStart(2, '0');
  return { text: `${value < 0 ? '-' : ''}${two(days * 24 + hours)}:${two(minutes)}:${two(seconds)}` };
};

const words = inSeconds => (value, decimals) => {
  const [days, hours, minutes, seconds] = clockParts(value * inSeconds);
  const parts = [[days, 'day'], [hours, 'hour'], [minutes, 'minute'], [seconds, 'second']].filter(([count]) => count > 0).slice(0, (decimals ?? 1) + 1);
  return { text: parts.length ? parts.map(([count, unit]) => `${count} ${unit}${count === 1 ? '' : 's'}`).join(', ') : '0 seconds' };
};

const choice = (yes, no) => value => ({ text: value === 0 ? no : yes });

const fromNow = ms => {
  const seconds = (ms - Date.now()) / 1000;
  const [, size, unit] = [[31_536_000, 31_536_000, 'year'], [2_592_000, 2_592_000, 'month'], [86_400, 86_400, 'day'], [3600, 3600, 'hour'], [60, 60, 'minute'], [0, 1, 'second']]
    .find(([from]) => Math.abs(seconds) >= from);
  return { text: new Intl.RelativeTimeFormat('en').format(Math.round(seconds / size), unit) };
};

const group = new Intl.NumberFormat('en-US');

/** @type {Record<string, Formatter>} */
const formatters = {
  none: fixed(''),
  string: value => ({ text: String(value) }),
  short: scaled(1000, shortSteps),
  sishort: si(''),
  locale: (value, decimals) => ({ text: decimals === null || decimals === undefined ? group.format(value) : value.toLocaleString('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals }) }),
  percent: fixed('%'),
  percentunit: (value, decimals) => ({ text: toFixed(value * 100, decimals), suffix: '%' }),
  humidity: fixed(' %H'),
  sci: (value, decimals) => ({ text: value.toExponential(decimals ?? undefined) }),
  hex0x: value => ({ text: `0x${Math.round(value).toString(16).toUpperCase()}` }),

  bytes: scaled(1024, binaryPrefixes, 'B'),
  decbytes: scaled(1000, siPrefixes, 'B'),
  bits: scaled(1024, binaryPrefixes, 'b'),
  decbits: scaled(1000, siPrefixes, 'b'),
  kbytes: scaled(1024, binaryPrefixes, 'B', 1),
  deckbytes: scaled(1000, siPrefixes, 'B', 1),
  mbytes: scaled(1024, binaryPrefixes, 'B', 2),
  decmbytes: scaled(1000, siPrefixes, 'B', 2),
  gbytes: scaled(1024, binaryPrefixes, 'B', 3),
  decgbytes: scaled(1000, siPrefixes, 'B', 3),
  Bps: scaled(1000, siPrefixes, 'B/s'),
  binBps: scaled(1024, binaryPrefixes, 'B/s'),
  bps: scaled(1000, siPrefixes, 'b/s'),
  binbps: scaled(1024, binaryPrefixes, 'b/s'),
  pps: scaled(1000, siPrefixes, 'p/s'),

  ns: time(1e-9, 'ns'), µs: time(1e-6, 'µs'), ms: time(1e-3, 'ms'), s: time(1, 's'), m: time(60, 'min'), h: time(3600, 'hours'), d: time(86_400, 'days'),
  dthms: hms, clocks: hms,
  dthmsms: value => hms(value / 1000),
  dtdurations: words(1), dtdurationms: words(1e-3),
  dateTimeAsIso: value => ({ text: formatLocal(value) }),
  dateTimeAsLocal: value => ({ text: new Date(value).toLocaleString() }),
  dateTimeAsSystem: value => ({ text: formatLocal(value) }),
  dateTimeFromNow: fromNow,

  bool: choice('True', 'False'),
  bool_yes_no: choice('Yes', 'No'),
  bool_on_off: choice('On', 'Off'),

  hertz: si('Hz'), rothz: si('Hz'), watt: si('W'), volt: si('V'), amp: si('A'), joule: si('J'),
  celsius: fixed(' °C'), fahrenheit: fixed(' °F'), kelvin: fixed(' K'), degree: fixed(' °'),
  currencyUSD: (value, decimals) => ({ prefix: '$', ...scaled(1000, shortSteps)(value, decimals) }),
  currencyEUR: (value, decimals) => ({ prefix: '€', ...scaled(1000, shortSteps)(value, decimals) }),
  currencyGBP: (value, decimals) => ({ prefix: '£', ...scaled(1000, shortSteps)(value, decimals) }),
};

for (const [id, unit] of Object.entries({
  cps: 'c/s', ops: 'ops/s', reqps: 'req/s', rps: 'rd/s', wps: 'wr/s', iops: 'io/s', eps: 'evt/s', mps: 'msg/s', recps: 'rec/s', rowsps: 'rows/s',
  cpm: 'c/m', opm: 'ops/m', reqpm: 'req/m', rpm: 'rd/m', wpm: 'wr/m', epm: 'evts/m',
})) {
  formatters[id] = (value, decimals) => {
    const { text, suffix = '' } = scaled(1000, ['', 'K', 'M', 'B', 'T'])(value, decimals);
    return { text, suffix: `${suffix} ${unit}` };
  };
}

/** Units whose ticks are powers of two. @param {string | undefined} unit */
export function isBinary(unit) {
  return ['bytes', 'bits', 'kbytes', 'mbytes', 'gbytes', 'binBps', 'binbps'].includes(unit);
}

/**
 * Whether the viewer knows the unit. What it does not know is written behind the number, as Grafana does.
 * @param {string} unit
 */
export function isKnownUnit(unit) {
  return unit in formatters || /^(suffix|prefix|si|count|bool|time):/.test(unit);
}

/**
 * @param {string | null | undefined} unit Grafana's id; `suffix:…`, `prefix:…`, `si:…`, `count:…`, `bool:yes/no` too.
 * @returns {Formatter}
 */
export function formatter(unit) {
  if (!unit) {
    return formatters.none;
  }
  if (Object.hasOwn(formatters, unit)) {
    return formatters[unit];
  }
  const [, kind, argument] = /^(suffix|prefix|si|count|bool|time):(.*)$/.exec(unit) ?? [];
  switch (kind) {
    case 'prefix': return (value, decimals) => ({ prefix: argument, text: toFixed(value, decimals) });
    case 'si': return si(argument.trim());
    case 'count': return scaled(1000, shortSteps, argument && ` ${argument}`);
    case 'bool': return choice(...argument.split('/'));
    case 'time': return value => ({ text: formatLocal(value) });
    default: return fixed(` ${argument ?? unit}`);
  }
}

/**
 * @param {number} value
 * @param {string | null} [unit]
 * @param {number | null} [decimals]
 */
export function formatValue(value, unit, decimals) {
  return joined(formatter(unit)(value, decimals));
}

/** @param {FormattedValue} formatted */
export function joined({ prefix = '', text, suffix = '' }) {
  return `${prefix}${text}${suffix}`;
}
