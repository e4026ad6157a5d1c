// Places the nodes of a directed graph in layers, so that the arrows lead to the right.

/**
 * @param {string[]} names The nodes, in the order in which they are preferred from top to bottom.
 * @param {{ from: string, to: string }[]} edges
 * @returns {string[][]} The layers from left to right, each from top to bottom. What no edge touches is in none.
 */
export function layers(names, edges) {
  const next = new Map(names.map(name => [name, edges.filter(e => e.from === name && e.to !== name).map(e => e.to)]));
  const touched = names.filter(name => edges.some(e => (e.from === name || e.to === name) && e.from !== e.to));

  // How far a node is from the end of its longest path; an edge that closes a circle does not count.
  const heights = new Map();
  const open = new Set();
  const height = name => {
    if (!heights.has(name)) {
      open.add(name);
      heights.set(name, Math.max(0, ...next.get(name).filter(to => next.has(to) && !open.has(to)).map(to => height(to) + 1)));
      open.delete(name);
    }
    return heights.get(name);
  };
  const highest = Math.max(0, ...touched.map(height));
  const result = Array.from({ length: touched.length === 0 ? 0 : highest + 1 }, (_, i) => touched.filter(name => heights.get(name) === highest - i));

  // Each node near the middle of its neighbours, swept to and fro: fewer arrows cross.
  const place = new Map();
  const number = layer => layer.forEach((name, i) => place.set(name, i - (layer.length - 1) / 2));
  result.forEach(number);
  const neighbours = name => edges.flatMap(e => (e.from === name ? [e.to] : e.to === name ? [e.from] : [])).filter(other => place.has(other) && other !== name);
  for (let sweep = 0; sweep < 4; sweep++) {
    for (const layer of sweep % 2 === 0 ? result : result.toReversed()) {
      const middle = new Map(layer.map(name => {
        const others = neighbours(name).map(other => place.get(other));
        return [name, others.length === 0 ? place.get(name) : others.reduce((a, b) => a + b) / others.length];
      }));
      layer.sort((a, b) => middle.get(a) - middle.get(b));
      number(layer);
    }
  }
  return result;
}
