// What stat, gauge and bar gauge show: one value of each series, or each row of a table.

import { reduce } from '../calculations.js';
import { display, matchers } from '../fieldconfig.js';
import { displayName } from '../frames.js';
import { dataLinks } from '../links.js';

/**
 * @typedef {object} ShownValue
 * @property {string} name
 * @property {import('../fieldconfig.js').Display} display
 * @property {import('../frames.js').Field} field
 * @property {ArrayLike<number>} series All of its values, for a sparkline.
 * @property {ArrayLike<number> | null} times
 * @property {Array<{ url: string, title: string, targetBlank?: boolean }>} links
 */

/**
 * @param {import('../frames.js').Frame[]} frames
 * @param {{ calcs?: string[], fields?: string, values?: boolean, limit?: number }} [options]
 * @param {import('../interpolation.js').Scope} scope
 * @returns {ShownValue[]}
 */
export function shownValues(frames, options = {}, scope) {
  const { calcs = ['lastNotNull'], fields: wanted = '', values: each = false, limit = 25 } = options;
  const result = [];
  for (const { fields, length } of frames) {
    const time = fields.find(({ type }) => type === 'time');
    const chosen = fields.filter(f => !f.config.custom?.hideFrom?.viz && (wanted ? matchers.byRegexp(wanted, f) : f.type === 'number'));
    for (const f of chosen) {
      if (each) {
        const label = fields.find(({ type }) => type === 'string');
        for (let row = 0; row < length && result.length < limit; row++) {
          result.push({ name: label && chosen.length === 1 ? String(label.values[row]) : displayName(f), field: f, display: display(f, f.values[row]), series: [], times: null, links: dataLinks(f, row, fields, scope) });
        }
      } else if (f.values.length > 0 || f.type !== 'number') {
        const value = reduce(calcs[0], f.values);
        result.push({
          name: displayName(f), field: f, display: display(f, calcs[0] === 'count' ? Number(value) : value),
          series: f.type === 'number' ? f.values : [], times: time?.values ?? null, links: dataLinks(f, f.values.length - 1, fields, scope),
        });
      }
    }
  }
  return result;
}
