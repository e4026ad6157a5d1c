// Many values to one ("reducers", "calcs"). NaN, null and undefined mean that there is no value.

const present = value => value !== null && value !== undefined && !Number.isNaN(value);
const numbers = values => Array.prototype.filter.call(values, value => typeof value === 'number' && !Number.isNaN(value));
const sum = list => list.reduce((a, b) => a + b, 0);

/** @type {Record<string, { label: string, of: (values: ArrayLike<any>) => any }>} By Grafana's ids. */
export const calculations = {
  lastNotNull: { label: 'Last *', of: values => { for (let i = values.length - 1; i >= 0; i--) { if (present(values[i])) return values[i]; } return null; } },
  last: { label: 'Last', of: values => orNull(values[values.length - 1]) },
  firstNotNull: { label: 'First *', of: values => { for (let i = 0; i < values.length; i++) { if (present(values[i])) return values[i]; } return null; } },
  first: { label: 'First', of: values => orNull(values[0]) },
  min: { label: 'Min', of: values => extreme(values, (a, b) => a < b) },
  max: { label: 'Max', of: values => extreme(values, (a, b) => a > b) },
  mean: { label: 'Mean', of: values => { const list = numbers(values); return list.length ? sum(list) / list.length : null; } },
  sum: { label: 'Total', of: values => { const list = numbers(values); return list.length ? sum(list) : null; } },
  count: { label: 'Count', of: values => values.length },
  range: { label: 'Range', of: values => { const min = calculations.min.of(values); return min === null ? null : calculations.max.of(values) - min; } },
  diff: { label: 'Difference', of: values => { const [a, b] = ends(values); return a === null ? null : b - a; } },
  diffperc: { label: 'Difference percent', of: values => { const [a, b] = ends(values); return a === null || a === 0 ? null : (b - a) / a; } },
  // What a counter grew by: a fall is a restart from zero.
  delta: { label: 'Delta', of: values => { const list = numbers(values); return list.length ? list.slice(1).reduce((d, v, i) => d + (v >= list[i] ? v - list[i] : v), 0) : null; } },
  median: { label: 'Median', of: values => { const s = numbers(values).sort((a, b) => a - b), m = s.length >> 1; return s.length ? (s.length % 2 ? s[m] : (s[m - 1] + s[m]) / 2) : null; } },
  variance: { label: 'Variance', of: variance },
  stdDev: { label: 'StdDev', of: values => { const v = variance(values); return v === null ? null : Math.sqrt(v); } },
  distinctCount: { label: 'Distinct count', of: values => new Set(Array.prototype.filter.call(values, present)).size },
  changeCount: { label: 'Change count', of: values => Array.prototype.filter.call(values, present).reduce((n, v, i, all) => n + (i > 0 && v !== all[i - 1] ? 1 : 0), 0) },
};
calculations.total = calculations.sum;
calculations.current = calculations.lastNotNull;
calculations.avg = calculations.mean;

function orNull(value) {
  return present(value) ? value : null;
}

function extreme(values, better) {
  let best = null;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (typeof value === 'number' && !Number.isNaN(value) && (best === null || better(value, best))) {
      best = value;
    }
  }
  return best;
}

function ends(values) {
  return [calculations.firstNotNull.of(values), calculations.lastNotNull.of(values)];
}

function variance(values) {
  const list = numbers(values);
  if (!list.length) {
    return null;
  }
  const mean = sum(list) / list.length;
  return sum(list.map(v => (v - mean) ** 2)) / list.length;
}

/**
 * @param {string} id Grafana's id of the calculation.
 * @param {ArrayLike<any>} values
 * @returns {any} null when there is no value.
 * @throws {Error} There is no such calculation.
 */
export function reduce(id, values) {
  const calculation = calculations[id];
  if (!calculation) {
    throw new Error(`The calculation "${id}" is not known to this viewer. Known: ${Object.keys(calculations).join(', ')}.`);
  }
  return calculation.of(values);
}
