// A dashboard's variables: what they can be, what they are, and what follows from each other.

import { calculateInterval, formatDuration, parseDuration } from './timerange.js';
import { chain, interpolate, scopeOf, variablesIn } from './interpolation.js';
import * as prometheus from './prometheus.js';

/** The value that means all of them. */
export const all = '$__all';

/** @typedef {{ text: string, value: string }} Option */

/**
 * @typedef {object} Variable
 * @property {string} name
 * @property {string} type
 * @property {string} label
 * @property {string} description
 * @property {boolean} hidden
 * @property {boolean} multi
 * @property {boolean} includeAll
 * @property {string} allValue
 * @property {Option[]} options
 * @property {string[]} selected Values; `$__all` alone for all.
 * @property {string | null} error
 * @property {boolean} [strict] Whether what cannot be chosen is given up: after a choice that it depends on.
 * @property {any} definition As in the dashboard's file.
 */

const kinds = {
  datasource: (definition, { datasources }) => datasources
    .filter(({ type, name }) => type === definition.query && matches(definition.regex, name))
    .map(({ uid, name }) => ({ text: name, value: uid })),
  query: queryOptions,
  custom: (definition, { scope }) => splitCustom(interpolate(definition.query, scope)),
  constant: definition => [option(definition.query ?? definition.current?.value)],
  textbox: definition => [option(definition.current?.value ?? definition.query ?? '')],
  interval: (definition, { range }) => {
    const steps = String(definition.query ?? '').split(',').map(step => step.trim()).filter(Boolean).map(option);
    if (!definition.auto) {
      return steps;
    }
    const auto = calculateInterval(range, definition.auto_count ?? 30, parseDuration(definition.auto_min ?? '10s') ?? 10_000);
    return [{ text: 'auto', value: `$__auto_interval_${definition.name}`, means: formatDuration(auto) }, ...steps];
  },
};

const option = text => ({ text: String(text ?? ''), value: String(text ?? '') });

/** The variables of one dashboard. */
export class Variables {
  #cache = new Map();

  /**
   * @param {any[]} definitions `templating.list` of the dashboard's file.
   * @param {Array<{ uid: string, name: string, type: string, isDefault: boolean }>} datasources
   */
  constructor(definitions, datasources) {
    this.datasources = datasources;
    /** @type {Variable[]} */
    this.list = definitions.filter(({ type }) => type in kinds).map(definition => ({
      name: definition.name,
      type: definition.type,
      label: definition.label || definition.name,
      description: definition.description ?? '',
      hidden: definition.hide === 2 || definition.hide === 'hideVariable' || definition.type === 'constant',
      multi: Boolean(definition.multi),
      includeAll: Boolean(definition.includeAll),
      allValue: definition.allValue ?? '',
      options: [],
      selected: [definition.current?.value ?? []].flat().map(String),
      error: null,
      definition,
    }));
    /** Kinds that the viewer does not have. @type {string[]} */
    this.unsupported = definitions.filter(({ type }) => !(type in kinds)).map(({ name, type }) => `variable "${name}" of type "${type}"`);
  }

  /** @type {import('./interpolation.js').Scope} */
  scope = name => {
    const variable = this.list.find(v => v.name === name);
    return variable && asValue(variable);
  };

  /** Takes what the user chose: of what depends on it, only what can be chosen now stays. @param {string} name @param {string[]} values */
  choose(name, values) {
    this.#select(name, values);
    const changed = new Set([name]);
    for (let before = 0; before < changed.size;) {
      before = changed.size;
      for (const variable of this.list) {
        if (!changed.has(variable.name) && [...dependencies(variable)].some(other => changed.has(other))) {
          changed.add(variable.name);
          variable.strict = true;
        }
      }
    }
  }

  #select(name, values) {
    const variable = this.list.find(v => v.name === name);
    if (variable) {
      variable.selected = values.map(value => (value === 'All' && variable.includeAll ? all : value));
    }
  }

  /** Takes what the URL says. @param {URLSearchParams} parameters */
  readUrl(parameters) {
    for (const { name } of this.list) {
      const values = parameters.getAll(`var-${name}`);
      if (values.length) {
        this.#select(name, values);
      }
    }
  }

  /** Writes the choices into the URL. @param {URLSearchParams} parameters */
  writeUrl(parameters) {
    for (const { name, type, selected } of this.list) {
      parameters.delete(`var-${name}`);
      if (type !== 'constant') {
        selected.forEach(value => parameters.append(`var-${name}`, value));
      }
    }
  }

  /**
   * Finds out what each variable can be, and keeps what is chosen where it still can be chosen. What has been asked before is
   * not asked again, unless it depends on the time range.
   * @param {import('./timerange.js').TimeRange} range
   * @param {import('./interpolation.js').Scope} builtins
   * @param {AbortSignal} [signal]
   */
  async resolve(range, builtins, signal) {
    const waiting = new Map(this.list.map(variable => [variable.name, variable]));
    const scope = chain(this.scope, builtins);
    while (waiting.size > 0) {
      let ready = [...waiting.values()].filter(variable => ![...dependencies(variable)].some(name => name !== variable.name && waiting.has(name)));
      if (ready.length === 0) {
        ready = [...waiting.values()]; // They depend on each other in a circle: in the order of the file.
      }
      await Promise.all(ready.map(variable => this.#resolveOne(variable, { range, scope, signal, datasources: this.datasources })));
      ready.forEach(({ name }) => waiting.delete(name));
    }
  }

  async #resolveOne(variable, context) {
    const { definition } = variable;
    const asksAgain = definition.refresh === 2 ? `${context.range.from}-${context.range.to}` : '';
    const key = definition.type === 'query' && JSON.stringify([variable.name, interpolate(queryText(definition), context.scope, 'promql'), uidOf(definition, context), asksAgain]);
    try {
      if (!key || !this.#cache.has(key)) {
        const found = await kinds[definition.type](definition, context);
        if (!key) {
          variable.options = found;
        } else {
          this.#cache.set(key, found);
        }
      }
      if (key) {
        variable.options = this.#cache.get(key);
      }
      variable.error = null;
    } catch (error) {
      if (context.signal?.aborted) {
        throw error;
      }
      variable.options = [];
      variable.error = error.message;
    }
    keepSelection(variable, context.datasources);
    variable.strict = variable.strict && variable.error !== null;
  }
}

function dependencies({ definition }) {
  return variablesIn(`${queryText(definition)} ${definition.regex ?? ''} ${JSON.stringify(definition.datasource ?? '')}`);
}

function asValue(variable) {
  const multi = variable.multi || variable.includeAll;
  if (variable.selected.includes(all)) {
    return { value: variable.options.map(({ value }) => value), text: 'All', multi, raw: variable.allValue || undefined };
  }
  const chosen = variable.selected.map(value => variable.options.find(o => o.value === value) ?? option(value));
  const values = chosen.map(({ value, means }) => means ?? value);
  return { value: variable.multi ? values : values[0] ?? '', text: chosen.map(({ text }) => text).join(' + '), multi };
}

function keepSelection(variable, datasources) {
  const { options, type } = variable;
  if (type === 'textbox') {
    variable.selected = variable.selected.length ? variable.selected : [options[0].value];
    return;
  }
  if (type === 'constant') {
    variable.selected = [options[0].value];
    return;
  }
  if (variable.error) {
    return; // What is chosen may well be there the next time.
  }
  let kept = variable.selected.filter(value => (value === all ? variable.includeAll : options.some(o => o.value === value)));
  if (type === 'datasource' && kept.length === 0) {
    const byName = options.find(({ text }) => variable.selected.includes(text)) ?? options.find(({ value }) => datasources.some(d => d.uid === value && d.isDefault));
    kept = byName ? [byName.value] : [];
  }
  const wanted = variable.selected.filter(value => value !== '' && value !== all);
  if (kept.length === 0 && wanted.length && type === 'query' && !variable.strict) {
    // A service that is not there (yet, or any more) must not be replaced by another behind the reader's back.
    kept = wanted;
  }
  if (kept.length === 0) {
    kept = variable.includeAll ? [all] : options.slice(0, 1).map(({ value }) => value);
  }
  variable.selected = kept.includes(all) ? [all] : variable.multi ? kept : kept.slice(0, 1);
}

function queryText({ query, definition }) {
  return typeof query === 'object' && query !== null ? query.query ?? definition ?? '' : String(query ?? definition ?? '');
}

function uidOf({ datasource }, { scope, datasources }) {
  return findDatasource(datasource, datasources, scope)?.uid;
}

/**
 * The data source that a reference means.
 * @param {{ uid?: string, type?: string } | string | null | undefined} reference
 * @param {Array<{ uid: string, name: string, type: string, isDefault: boolean }>} datasources
 * @param {import('./interpolation.js').Scope} scope
 */
export function findDatasource(reference, datasources, scope) {
  const id = interpolate(typeof reference === 'string' ? reference : reference?.uid ?? '', name => { const v = scope(name, ''); return v && { ...v, text: undefined }; });
  if (!id || id === 'default') {
    const type = typeof reference === 'object' ? reference?.type : undefined;
    return datasources.find(d => d.isDefault && (!type || d.type === type)) ?? datasources.find(d => !type || d.type === type);
  }
  return datasources.find(({ uid, name }) => uid === id || name === id);
}

async function queryOptions(definition, context) {
  const source = findDatasource(definition.datasource, context.datasources, context.scope);
  if (source?.type !== 'prometheus') {
    throw new Error('Its data source is not a Prometheus that is provisioned here.');
  }
  const found = await runQuery(source.uid, interpolate(queryText(definition), context.scope, 'promql').trim(), context);
  return sorted(filtered(found, interpolate(definition.regex ?? '', context.scope)), definition.sort ?? 0);
}

/** https://grafana.com/docs/grafana/latest/datasources/prometheus/template-variables/#query-variable */
async function runQuery(uid, query, { range, signal }) {
  const labels = /^label_values\(\s*(?:([\s\S]*?)\s*,)?\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*\)$/.exec(query);
  if (labels) {
    return prometheus.labelValues(uid, { ...range, label: labels[2], selector: labels[1] }, signal);
  }
  const names = /^label_names\(\s*([\s\S]*?)\s*\)$/.exec(query);
  if (names) {
    return prometheus.labelNames(uid, { ...range, selector: names[1] }, signal);
  }
  const metrics = /^metrics\(\s*([\s\S]*?)\s*\)$/.exec(query);
  if (metrics) {
    const known = await prometheus.labelValues(uid, { ...range, label: '__name__' }, signal);
    return known.filter(name => new RegExp(metrics[1]).test(name));
  }
  const result = /^query_result\(\s*([\s\S]*)\s*\)$/.exec(query);
  if (result) {
    const series = await prometheus.queryInstant(uid, { query: result[1], time: range.to }, signal);
    return series.map(({ labels: l, values, times }) => `${seriesText(l)} ${values[0]} ${Math.round(times[0] * 1000)}`);
  }
  throw new Error(`The query "${query}" is not known to this viewer. Known: label_values(), label_names(), metrics(), query_result().`);
}

function seriesText({ __name__: name = '', ...labels }) {
  return `${name}{${Object.entries(labels).map(([key, value]) => `${key}="${value}"`).join(',')}}`;
}

function toRegExp(text) {
  const literal = /^\/([\s\S]*)\/([a-z]*)$/.exec(text);
  return literal ? new RegExp(literal[1], literal[2].includes('g') ? literal[2] : `${literal[2]}g`) : new RegExp(`^(?:${text})$`, 'g');
}

function matches(regex, text) {
  return !regex || toRegExp(regex).test(text);
}

/**
 * Keeps what a regular expression matches; its groups, also those named `text` and `value`, cut out what is shown and used.
 * @param {string[]} found
 * @param {string} regex
 * @returns {Option[]}
 */
export function filtered(found, regex) {
  const expression = regex && toRegExp(regex);
  const options = new Map();
  for (const text of found) {
    if (!expression) {
      options.set(text, option(text));
      continue;
    }
    for (const match of text.matchAll(expression)) {
      const { text: shown, value } = match.groups ?? {};
      const cut = value ?? shown ?? match[1] ?? match[0];
      options.set(cut, { text: shown ?? cut, value: cut });
    }
  }
  return [...options.values()];
}

/**
 * @param {Option[]} options
 * @param {number | string} order Grafana's number, or the name that it has in newer files.
 */
export function sorted(options, order) {
  const names = ['disabled', 'alphabeticalAsc', 'alphabeticalDesc', 'numericalAsc', 'numericalDesc', 'alphabeticalCaseInsensitiveAsc', 'alphabeticalCaseInsensitiveDesc', 'naturalAsc', 'naturalDesc'];
  const index = typeof order === 'string' ? names.indexOf(order) : order;
  if (index <= 0) {
    return options;
  }
  const firstNumber = ({ text }) => Number(/-?\d+(\.\d+)?/.exec(text)?.[0] ?? -Infinity);
  const natural = new Intl.Collator('en', { numeric: true });
  const by = [
    (a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0),
    (a, b) => firstNumber(a) - firstNumber(b),
    (a, b) => a.text.localeCompare(b.text, 'en', { sensitivity: 'base' }),
    (a, b) => natural.compare(a.text, b.text),
  ][(index - 1) >> 1];
  const direction = index % 2 ? 1 : -1;
  return [...options].sort((a, b) => direction * by(a, b));
}

/** `a, b, key : value`; a comma in a value is `\,`. @param {string} text @returns {Option[]} */
export function splitCustom(text) {
  return (text.match(/(?:\\,|[^,])+/g) ?? []).map(part => {
    const item = part.replaceAll('\\,', ',').trim();
    const pair = /^(.+?)\s+:\s+(.+)$/.exec(item);
    return pair ? { text: pair[1], value: pair[2] } : option(item);
  });
}

/**
 * What is known without asking: the range, the dashboard, the links' time range.
 * @param {{ range: import('./timerange.js').TimeRange, raw: import('./timerange.js').RawRange, dashboard: { title: string, uid: string }, variables?: Variables }} page
 */
export function builtins({ range, raw, dashboard, variables }) {
  const seconds = Math.round((range.to - range.from) / 1000);
  const fixed = scopeOf({
    __from: range.from, __to: range.to, __range: `${seconds}s`, __range_s: seconds, __range_ms: range.to - range.from,
    __dashboard: dashboard.title, timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    __url_time_range: { value: `from=${encodeURIComponent(raw.from)}&to=${encodeURIComponent(raw.to)}`, raw: undefined },
  });
  return (name, path) => {
    if (name === '__dashboard' && path === '.uid') {
      return { value: dashboard.uid };
    }
    if (name === '__all_variables' && variables) {
      const parameters = new URLSearchParams();
      variables.writeUrl(parameters);
      return { value: String(parameters) };
    }
    return fixed(name, path);
  };
}

/** `$__interval` and its like for one query. @param {{ intervalMs: number, rateIntervalMs: number }} step */
export function intervalScope({ intervalMs, rateIntervalMs }) {
  return scopeOf({
    __interval: formatDuration(intervalMs), __interval_ms: intervalMs,
    __rate_interval: formatDuration(rateIntervalMs), __rate_interval_ms: rateIntervalMs,
  });
}
