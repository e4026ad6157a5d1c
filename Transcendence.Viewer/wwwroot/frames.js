// Answers of Prometheus as tables of fields ("data frames"), which is what transformations and panels work on.

/**
 * @typedef {object} Field
 * @property {string} name
 * @property {'time' | 'number' | 'string'} type Times are milliseconds since 1970.
 * @property {ArrayLike<any>} values
 * @property {Record<string, string>} [labels]
 * @property {string} [title] What its series is called: the legend.
 * @property {Record<string, any>} config Of the panel's `fieldConfig`; set by `applyFieldConfig`.
 * @property {string} refId
 * @property {number} [index] Its place among the numeric fields: its colour.
 * @property {[number, number]} [bounds] The least and the greatest of its values, once they have been looked for.
 */
/** @typedef {{ refId: string, fields: Field[], length: number }} Frame */

/**
 * @param {string} name
 * @param {Field['type']} type
 * @param {ArrayLike<any>} values
 * @param {Partial<Field>} [more]
 * @returns {Field}
 */
export function field(name, type, values, more = {}) {
  return { name, type, values, config: {}, refId: '', ...more };
}

/** @param {string} refId @param {Field[]} fields @returns {Frame} */
export function frame(refId, fields) {
  fields.forEach(f => { f.refId ||= refId; });
  return { refId, fields, length: fields[0]?.values.length ?? 0 };
}

/**
 * One frame for each series: times and values.
 * @param {import('./prometheus.js').Series[]} series
 * @param {{ refId: string, legendFormat?: string, expr: string }} target
 * @returns {Frame[]}
 */
export function seriesFrames(series, target) {
  const titles = seriesTitles(series, target);
  const inMs = new Map(); // Series of one query have one array of times.
  return series.map(({ labels, times, values }, i) => frame(target.refId, [
    field('Time', 'time', inMs.get(times) ?? inMs.set(times, times.map(seconds => seconds * 1000)).get(times)),
    field('Value', 'number', values, { labels, title: titles[i] }),
  ]));
}

/**
 * One frame for all series: a row for each point, a column for each label.
 * @param {import('./prometheus.js').Series[]} series
 * @param {{ refId: string }} target
 * @param {boolean} many Whether the panel has more queries; then the values' column says which.
 * @returns {Frame[]} Empty without series.
 */
export function tableFrame(series, target, many) {
  if (series.length === 0) {
    return [];
  }
  const names = [...new Set(series.flatMap(({ labels }) => Object.keys(labels)))].sort();
  const rows = series.flatMap(({ labels, times, values }) => Array.from(times, (time, i) => ({ labels, time: time * 1000, value: values[i] })))
    .filter(({ value }, _, list) => list.length === series.length || !Number.isNaN(value));
  return [frame(target.refId, [
    field('Time', 'time', rows.map(({ time }) => time)),
    ...names.map(name => field(name, 'string', rows.map(({ labels }) => labels[name] ?? null))),
    field(many ? `Value #${target.refId}` : 'Value', 'number', rows.map(({ value }) => value)),
  ])];
}

/**
 * What series are called in the legend.
 * @param {Array<{ labels: Record<string, string> }>} series
 * @param {{ legendFormat?: string, expr: string }} target
 */
export function seriesTitles(series, { legendFormat, expr }) {
  if (legendFormat && legendFormat !== '__auto') {
    return series.map(({ labels }) => legendFormat.replace(/\{\{\s*(.+?)\s*\}\}/g, (_, label) => labels[label] ?? '') || expr);
  }
  if (!legendFormat) {
    return series.map(({ labels }) => verbose(labels, labels.__name__) || expr);
  }
  const keys = new Set(series.flatMap(({ labels }) => Object.keys(labels).filter(name => name !== '__name__')));
  return series.map(({ labels }) => {
    const { __name__: name, ...rest } = labels;
    const values = Object.values(rest);
    if (values.length === 0) {
      return name ?? expr;
    }
    return keys.size === 1 ? values[0] : verbose(labels);
  });
}

function verbose({ __name__: _, ...labels }, name = '') {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}="${value}"`);
  return pairs.length ? `${name}{${pairs.join(', ')}}` : name;
}

/** What a field is called where it is shown. @param {Field} f */
export function displayName(f) {
  return f.config.displayName || f.title || f.name;
}
