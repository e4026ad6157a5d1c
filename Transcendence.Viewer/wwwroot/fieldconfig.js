// `fieldConfig`: how values are shown. https://grafana.com/docs/grafana/latest/panels-visualizations/configure-standard-options/

import { cssColor, isScale, paletteColor, scaleColor } from './color.js';
import { displayName } from './frames.js';
import { chain, interpolate } from './interpolation.js';
import { calculations } from './calculations.js';
import { formatter } from './units.js';
import { formatLocal } from './timerange.js';

/** @typedef {import('./frames.js').Field} Field */
/** @typedef {{ text: string, prefix: string, suffix: string, full: string, color: string | null, numeric: number, ratio: number }} Display */

/** How overrides choose fields. @type {Record<string, (options: any, f: Field) => boolean>} */
export const matchers = {
  byName: (name, f) => displayName(f) === name || f.name === name,
  byRegexp: (text, f) => regExp(text).test(displayName(f)) || regExp(text).test(f.name),
  byType: (type, f) => f.type === type,
  byFrameRefID: (refId, f) => f.refId === refId,
  byNames: ({ names = [], mode = 'include' }, f) => names.includes(displayName(f)) === (mode === 'include'),
};

function regExp(text) {
  const literal = /^\/(.*)\/([a-z]*)$/.exec(text);
  return literal ? new RegExp(literal[1], literal[2]) : new RegExp(text);
}

/**
 * Gives each field the configuration that holds for it.
 * @param {import('./frames.js').Frame[]} frames
 * @param {{ defaults?: any, overrides?: any[] }} [fieldConfig]
 * @param {import('./interpolation.js').Scope} [scope]
 */
export function applyFieldConfig(frames, fieldConfig = {}, scope = () => undefined) {
  const { defaults = {}, overrides = [] } = fieldConfig;
  let index = 0;
  for (const f of frames.flatMap(frame => frame.fields)) {
    f.config = structuredClone(defaults);
    f.config.custom ??= {};
    // By the name that it has without overrides, as the editor shows it.
    const rules = overrides.filter(({ matcher }) => matchers[matcher.id]?.(matcher.options, f));
    for (const { id, value } of rules.flatMap(({ properties = [] }) => properties)) {
      set(f.config, id, value);
    }
    if (f.config.displayName) {
      f.config.displayName = interpolate(f.config.displayName, chain(fieldScope(f), scope));
    }
    f.index = f.type === 'number' ? index++ : 0;
  }
}

function set(target, path, value) {
  const keys = path.split('.');
  const last = keys.pop();
  keys.reduce((object, key) => (object[key] ??= {}), target)[last] = value;
}

/** `${__field.name}`, `${__field.labels.x}`, `${__series.name}`. @param {Field} f @returns {import('./interpolation.js').Scope} */
export function fieldScope(f) {
  return (name, path) => {
    if (name === '__series' && path === '.name') {
      return { value: f.title ?? f.name };
    }
    if (name !== '__field') {
      return undefined;
    }
    const label = /^\.labels(?:\.(.+)|\["?(.+?)"?\])$/.exec(path);
    if (label) {
      return { value: f.labels?.[label[1] ?? label[2]] ?? '' };
    }
    return { value: path === '.displayName' ? displayName(f) : path === '.labels' ? Object.entries(f.labels ?? {}).map(([k, v]) => `${k}="${v}"`).join(', ') : f.title ?? f.name };
  };
}

/**
 * The least and the greatest value that a field's scale has: as set, else its own data's.
 * @param {Field} f
 * @returns {[number, number]}
 */
export function bounds(f) {
  f.bounds ??= [calculations.min.of(f.values) ?? 0, calculations.max.of(f.values) ?? 100];
  return [f.config.min ?? f.bounds[0], f.config.max ?? f.bounds[1]];
}

/**
 * The thresholds as values, in order.
 * @param {Field} f
 * @returns {Array<{ value: number, color: string }>} Starts with -Infinity.
 */
export function thresholds(f) {
  const { mode = 'absolute', steps = [{ value: null, color: 'green' }, { value: 80, color: 'red' }] } = f.config.thresholds ?? {};
  const [min, max] = mode === 'percentage' ? bounds(f) : [0, 100];
  return steps.map(({ value, color }, i) => ({
    value: i === 0 || value === null || value === undefined ? -Infinity : mode === 'percentage' ? min + (max - min) * value / 100 : value,
    color: cssColor(color),
  }));
}

/** @param {Field} f @param {number} value */
export function thresholdColor(f, value) {
  return thresholds(f).findLast(step => value >= step.value)?.color ?? cssColor('green');
}

/**
 * The colour of a field as a whole: its line, its swatch.
 * @param {Field} f
 * @param {string} fallbackMode Of fields that say nothing.
 */
export function seriesColor(f, fallbackMode = 'palette-classic') {
  const { mode = fallbackMode, fixedColor, seriesBy = 'last' } = f.config.color ?? {};
  switch (mode) {
    case 'fixed': return cssColor(fixedColor);
    case 'shades': return cssColor(fixedColor);
    case 'palette-classic': return paletteColor(f.index);
    case 'palette-classic-by-name': return paletteColor([...displayName(f)].reduce((hash, c) => (hash * 31 + c.codePointAt(0)) >>> 0, 7));
    default: {
      const by = { last: 'lastNotNull', min: 'min', max: 'max' }[seriesBy] ?? 'lastNotNull';
      return valueColor(f, calculations[by].of(f.values) ?? NaN, mode);
    }
  }
}

/** @param {Field} f @param {number} value @param {string} [fallbackMode] */
export function valueColor(f, value, fallbackMode = 'thresholds') {
  const mode = f.config.color?.mode ?? fallbackMode;
  if (isScale(mode)) {
    const [min, max] = bounds(f);
    return scaleColor(mode, (value - min) / (max - min));
  }
  return mode === 'thresholds' ? thresholdColor(f, value) : seriesColor(f, mode);
}

/** @returns {{ text?: string, color?: string } | undefined} The mapping that holds. */
function mapped(value, mappings = []) {
  let found;
  for (const { type, options } of mappings) {
    switch (type) {
      case 'value':
        found = value === null ? undefined : Object.hasOwn(options, String(value)) ? options[String(value)] : undefined;
        break;
      case 'range':
        found = typeof value === 'number' && value >= (options.from ?? -Infinity) && value <= (options.to ?? Infinity) ? options.result : undefined;
        break;
      case 'regex': {
        const expression = regExp(options.pattern);
        found = typeof value === 'string' && expression.test(value)
          ? { ...options.result, text: options.result.text && value.replace(expression, options.result.text) } : undefined;
        break;
      }
      case 'special':
        found = special(value, options.match) ? options.result : undefined;
        break;
      default:
        found = undefined;
    }
    if (found) {
      return found;
    }
  }
  return undefined;
}

function special(value, match) {
  switch (match) {
    case 'null': return value === null;
    case 'nan': return Number.isNaN(value);
    case 'null+nan': return value === null || Number.isNaN(value);
    case 'true': return value === true;
    case 'false': return value === false;
    case 'empty': return value === '';
    default: return false;
  }
}

/**
 * A value as it is shown.
 * @param {Field} f
 * @param {any} value
 * @param {number | null} [decimals] Instead of the configuration's.
 * @returns {Display}
 */
export function display(f, value, decimals) {
  const known = value === undefined ? null : value;
  const numeric = typeof known === 'number' ? known : known === null || known === '' ? NaN : Number(known);
  const [min, max] = bounds(f);
  const ratio = (numeric - min) / (max - min);
  const mapping = mapped(known, f.config.mappings);
  const color = mapping?.color ? cssColor(mapping.color) : Number.isNaN(numeric) ? null : valueColor(f, numeric);
  if (mapping?.text) {
    return shown({ text: mapping.text }, color, numeric, ratio);
  }
  if (known === null || (typeof known === 'number' && Number.isNaN(known))) {
    return shown({ text: f.config.noValue ?? (known === null ? '–' : 'NaN') }, color, NaN, NaN);
  }
  if (f.type === 'time' && !f.config.unit) {
    return shown({ text: formatLocal(known) }, color, numeric, ratio);
  }
  if (typeof known !== 'number') {
    return shown({ text: String(known) }, color, numeric, ratio);
  }
  return shown(formatter(f.config.unit)(known, decimals ?? f.config.decimals), color, numeric, ratio);
}

function shown({ prefix = '', text, suffix = '' }, color, numeric, ratio) {
  return { prefix, text, suffix, full: `${prefix}${text}${suffix}`, color, numeric, ratio };
}
