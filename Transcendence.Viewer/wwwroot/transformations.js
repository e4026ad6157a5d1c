// What a panel does with its frames before it draws them.
// https://grafana.com/docs/grafana/latest/panels-visualizations/query-transform-data/transform-data/

import { reduce, calculations } from './calculations.js';
import { displayName, field, frame } from './frames.js';
import { matchers } from './fieldconfig.js';

/** @typedef {import('./frames.js').Frame} Frame */

const rowsOf = f => Array.from({ length: f.length }, (_, i) => i);
const pick = (f, rows) => ({ ...f, values: rows.map(i => f.values[i]) });
const withRows = (f, rows) => ({ ...f, fields: f.fields.map(column => pick(column, rows)), length: rows.length });

/** @type {Record<string, (frames: Frame[], options: any) => Frame[]>} */
const transformations = {
  organize(frames, { excludeByName = {}, indexByName = {}, renameByName = {}, includeByName = {} }) {
    const included = Object.entries(includeByName).filter(([, yes]) => yes).map(([name]) => name);
    return frames.map(f => {
      const fields = f.fields
        .filter(column => !excludeByName[named(column)] && (included.length === 0 || included.includes(named(column))))
        .map(column => { const name = renameByName[named(column)]; return name ? { ...column, name, title: undefined } : column; });
      const original = new Map(fields.map((column, i) => [column, i]));
      const place = column => { const source = f.fields.find(other => other.values === column.values); return indexByName[named(source)] ?? Infinity; };
      fields.sort((a, b) => (place(a) - place(b)) || original.get(a) - original.get(b));
      return { ...f, fields };
    });
  },

  // Rows that agree in all columns they share become one.
  merge(frames) {
    const tables = frames.filter(({ length }) => length > 0);
    if (tables.length < 2) {
      return tables;
    }
    const columns = new Map();
    tables.flatMap(({ fields }) => fields).forEach(column => columns.has(named(column)) || columns.set(named(column), column));
    const shared = [...columns.keys()].filter(name => tables.every(({ fields }) => fields.some(column => named(column) === name)));
    const merged = new Map();
    for (const table of tables) {
      for (const i of rowsOf(table)) {
        const row = Object.fromEntries(table.fields.map(column => [named(column), column.values[i]]));
        let key = JSON.stringify(shared.map(name => row[name]));
        const twin = merged.get(key);
        if (twin && Object.keys(row).some(name => !shared.includes(name) && name in twin)) {
          key = `${key}#${merged.size}`;
        }
        merged.set(key, { ...merged.get(key), ...row });
      }
    }
    const rows = [...merged.values()];
    return [frame(tables[0].refId, [...columns].map(([name, column]) => ({ ...column, values: rows.map(row => row[name] ?? null) })))];
  },

  sortBy(frames, { sort = [] }) {
    return frames.map(f => {
      const [{ field: name, desc = false } = {}] = sort;
      const column = f.fields.find(candidate => named(candidate) === name);
      return column ? withRows(f, sortRows(f, column, desc)) : f;
    });
  },

  filterFieldsByName(frames, { include, exclude }) {
    const test = ({ names = [], pattern } = {}) => column => names.includes(named(column)) || (pattern ? matchers.byRegexp(pattern, column) : false);
    const keeps = include && (include.names?.length || include.pattern) ? test(include) : () => true;
    const drops = exclude ? test(exclude) : () => false;
    return frames.map(f => ({ ...f, fields: f.fields.filter(column => keeps(column) && !drops(column)) })).filter(({ fields }) => fields.length > 0);
  },

  filterByRefId(frames, { include }) {
    const expression = include ? new RegExp(`^(?:${include.replace(/^\/|\/$/g, '')})$`) : /./;
    return frames.filter(({ refId }) => expression.test(refId));
  },

  labelsToFields(frames, { mode = 'columns', keepLabels, valueLabel }) {
    if (mode === 'rows') {
      return frames.map(f => {
        const pairs = f.fields.flatMap(({ labels = {} }) => Object.entries(labels)).filter(([name]) => !keepLabels || keepLabels.includes(name));
        return frame(f.refId, [field('label', 'string', pairs.map(([name]) => name)), field('value', 'string', pairs.map(([, value]) => value))]);
      });
    }
    const flat = frames.map(f => {
      const columns = [];
      for (const column of f.fields) {
        const { [valueLabel]: title, ...labels } = column.labels ?? {};
        for (const [name, value] of Object.entries(labels)) {
          if ((!keepLabels || keepLabels.includes(name)) && !columns.some(other => other.name === name)) {
            columns.push(field(name, 'string', new Array(f.length).fill(value)));
          }
        }
        columns.push({ ...column, labels: undefined, title: undefined, name: title ?? (column.type === 'number' && column.labels?.__name__ || column.name) });
      }
      columns.sort((a, b) => (b.type === 'time') - (a.type === 'time'));
      return frame(f.refId, columns);
    });
    return transformations.merge(flat);
  },

  joinByField(frames, { byField, mode = 'outer' }) {
    if (frames.length < 2) {
      return frames;
    }
    const keyOf = f => f.fields.find(column => (byField ? named(column) === byField : column.type === 'time'));
    const tables = frames.filter(keyOf);
    if (tables.length === 0) {
      return [];
    }
    const columns = [];
    const rows = new Map();
    tables.forEach((table, t) => {
      const key = keyOf(table);
      const own = table.fields.filter(column => column !== key);
      const first = columns.length;
      columns.push(...own);
      for (const i of rowsOf(table)) {
        const row = rows.get(key.values[i]) ?? { seen: new Set(), cells: [] };
        row.seen.add(t);
        own.forEach((column, c) => { row.cells[first + c] = column.values[i]; });
        rows.set(key.values[i], row);
      }
    });
    const kept = [...rows].filter(([, { seen }]) => mode !== 'inner' || seen.size === tables.length);
    const key = keyOf(tables[0]);
    if (key.type === 'time') {
      kept.sort(([a], [b]) => a - b);
    }
    return [frame(tables[0].refId, [
      { ...key, values: kept.map(([value]) => value) },
      ...columns.map((column, c) => ({ ...column, values: kept.map(([, { cells }]) => cells[c] ?? null) })),
    ])];
  },

  reduce(frames, { reducers = [], mode = 'seriesToRows', labelsToFields = false }) {
    const fields = frames.flatMap(f => f.fields).filter(({ type }) => type === 'number');
    if (mode === 'reduceFields') {
      return frames.map(f => frame(f.refId, f.fields.filter(({ type }) => type === 'number').map(column => ({ ...column, values: [reduce(reducers[0] ?? 'max', column.values)] }))));
    }
    const labels = labelsToFields ? [...new Set(fields.flatMap(column => Object.keys(column.labels ?? {})))] : [];
    return [frame(frames[0]?.refId ?? '', [
      field('Field', 'string', fields.map(displayName)),
      ...labels.map(name => field(name, 'string', fields.map(column => column.labels?.[name] ?? null))),
      ...reducers.map(id => field(calculations[id]?.label ?? id, 'number', fields.map(column => reduce(id, column.values)))),
    ])];
  },

  limit: (frames, { limitField = 10 }) => frames.map(f => withRows(f, rowsOf(f).slice(0, Number(limitField)))),

  seriesToRows(frames) {
    const rows = frames.flatMap(f => {
      const time = f.fields.find(({ type }) => type === 'time');
      const value = f.fields.find(({ type }) => type === 'number');
      return rowsOf(f).map(i => [time?.values[i], value && displayName(value), value?.values[i]]);
    }).sort((a, b) => b[0] - a[0]);
    return [frame(frames[0]?.refId ?? '', [
      field('Time', 'time', rows.map(([t]) => t)), field('Metric', 'string', rows.map(([, m]) => m)), field('Value', 'number', rows.map(([, , v]) => v)),
    ])];
  },
};
transformations.seriesToColumns = transformations.joinByField;

const named = column => column.title ?? column.name;

/**
 * The rows' order by a column; without a value last, whatever the direction.
 * @param {Frame} f
 * @param {import('./frames.js').Field} column
 * @param {boolean} descending
 */
export function sortRows(f, column, descending) {
  const natural = new Intl.Collator('en', { numeric: true });
  const missing = value => value === null || value === undefined || Number.isNaN(value);
  return rowsOf(f).sort((a, b) => {
    const [x, y] = [column.values[a], column.values[b]];
    if (missing(x) || missing(y)) {
      return missing(x) - missing(y);
    }
    return (descending ? -1 : 1) * (typeof x === 'number' && typeof y === 'number' ? x - y : natural.compare(String(x), String(y)));
  });
}

/** @param {string} id */
export function isKnownTransformation(id) {
  return Object.hasOwn(transformations, id);
}

/**
 * Applies a panel's transformations in turn; those that are disabled or not known are passed over (the panel names the latter).
 * @param {Frame[]} frames
 * @param {Array<{ id: string, options?: any, disabled?: boolean, filter?: { id: string, options: string } }>} [list]
 */
export function transform(frames, list = []) {
  return list.filter(({ id, disabled }) => !disabled && isKnownTransformation(id))
    .reduce((current, { id, options = {} }) => transformations[id](current, options), frames);
}
