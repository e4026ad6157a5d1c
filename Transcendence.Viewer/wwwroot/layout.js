// Where panels are: Grafana's grid of 24 columns, rows that fold, panels that repeat.

import { all } from './variables.js';

/**
 * @typedef {object} Placed
 * @property {string} key Its id; repeated panels have one each.
 * @property {any} panel As in the file.
 * @property {Record<string, import('./interpolation.js').Value>} scoped What its repeated variables are.
 * @property {number} x @property {number} y @property {number} w @property {number} h
 * @property {string} [row] The key of the row that it is in.
 */

/**
 * @param {any[]} panels
 * @param {import('./variables.js').Variables} variables
 * @param {(key: string, row: any) => boolean} isFolded
 * @returns {Placed[]} In reading order, without what is folded away.
 */
export function arrange(panels, variables, isFolded) {
  const items = sections(panels).flatMap(({ row, children }) => {
    if (!row) {
      return repeatPanels(children, variables, {});
    }
    return repeated(row, variables).flatMap(({ suffix, scoped }) => {
      const key = `${row.id}${suffix}`;
      const head = { key, panel: row, scoped, x: 0, w: 24, h: 1 };
      return isFolded(key, row) ? [head] : [head, ...repeatPanels(children, variables, scoped, suffix).map(item => ({ ...item, row: key }))];
    });
  });
  return compact(items);
}

/** A row has the panels after it, up to the next one; a folded row has them in itself. */
function sections(panels) {
  const ordered = [...panels].map((panel, i) => ({ panel, i })).sort((a, b) => top(a.panel) - top(b.panel) || left(a.panel) - left(b.panel) || a.i - b.i).map(({ panel }) => panel);
  const result = [{ row: null, children: [] }];
  for (const panel of ordered) {
    if (panel.type === 'row') {
      result.push({ row: panel, children: [...(panel.panels ?? [])].sort((a, b) => top(a) - top(b) || left(a) - left(b)) });
    } else {
      result.at(-1).children.push(panel);
    }
  }
  return result;
}

const top = ({ gridPos }) => gridPos?.y ?? 0;
const left = ({ gridPos }) => gridPos?.x ?? 0;

function repeated({ repeat }, variables) {
  const variable = repeat && variables.list.find(({ name }) => name === repeat);
  if (!variable) {
    return [{ suffix: '', scoped: {} }];
  }
  const chosen = variable.selected.includes(all) ? variable.options : variable.selected.map(value => variable.options.find(o => o.value === value) ?? { value, text: value });
  return chosen.map(({ value, text }, i) => ({ suffix: i === 0 ? '' : `-clone-${i}`, scoped: { [repeat]: { value, text, multi: variable.multi || variable.includeAll } } }));
}

function repeatPanels(panels, variables, scoped, suffix = '') {
  return panels.flatMap(panel => {
    const { x = 0, w = 12, h = 8 } = panel.gridPos ?? {};
    const copies = repeated(panel, variables);
    const across = panel.repeat && panel.repeatDirection !== 'v';
    const width = across ? Math.floor(24 / Math.min(copies.length || 1, panel.maxPerRow || 4)) : w;
    return copies.map((copy, i) => ({
      key: `${panel.id}${suffix}${copy.suffix}`, panel, scoped: { ...scoped, ...copy.scoped },
      x: across ? (i * width) % (Math.floor(24 / width) * width) : x, w: Math.min(width, 24), h,
    }));
  });
}

/** Everything as far up as it goes, as Grafana's grid does. */
function compact(items) {
  const skyline = new Array(24).fill(0);
  return items.map(item => {
    const columns = skyline.slice(item.x, item.x + item.w);
    const y = Math.max(0, ...columns);
    skyline.fill(y + item.h, item.x, item.x + item.w);
    return { ...item, y };
  });
}
