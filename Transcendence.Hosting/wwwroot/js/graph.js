// Who waits for whom, who refers to whom: as a picture, and in words.

import { h, svg } from '/public/shared/dom.js';
import { resourceIcon } from './icons.js';
import { layers } from './layout.js';
import { live } from './live.js';
import { badge, healthOf, isRunnable, relations, stateOf } from './resource.js';

const node = { width: 190, height: 62, gapX: 90, gapY: 26, margin: 16 };
const verbs = { WaitFor: 'waits for', Reference: 'references', Parent: 'belongs to' };

export class GraphView {
  title = 'Graph';

  #version = '';

  constructor() {
    this.picture = h('div', { class: 'graph', tabindex: '0', role: 'region', 'aria-label': 'Picture of the graph' });
    this.words = h('div', { class: 'in-words' });
    this.element = h('section', { class: 'view', 'aria-labelledby': 'view-title' },
      h('div', { class: 'toolbar' }, h('h1', { id: 'view-title', tabindex: '-1' }, 'Graph'),
        h('ul', { class: 'legend' }, h('li', { class: 'waits' }, 'waits for'), h('li', { class: 'references' }, 'references'), h('li', { class: 'parent' }, 'belongs to'))),
      this.picture,
      h('details', { open: innerWidth < 700 }, h('summary', null, 'In words'), this.words));
    this.update = this.update.bind(this);
    live.addEventListener('resources', this.update);
    this.update();
  }

  show() {
    // It has no parts with addresses of their own.
  }

  close() {
    live.removeEventListener('resources', this.update);
  }

  update() {
    const resources = [...live.resources.values()].filter(isRunnable);
    const names = resources.map(r => r.name);
    const edges = relations(live.resources).filter(e => names.includes(e.from) && names.includes(e.to));
    const version = JSON.stringify([resources.map(r => [r.name, stateOf(r), healthOf(r)]), edges]);
    if (version === this.#version) {
      return;
    }
    this.#version = version;
    const focus = this.element.contains(document.activeElement) ? document.activeElement.dataset.focus : null;
    this.picture.replaceChildren(draw(resources, edges));
    this.words.replaceChildren(describe(resources, edges));
    if (focus) {
      this.element.querySelector(`[data-focus="${CSS.escape(focus)}"]`)?.focus();
    }
  }
}

function draw(resources, edges) {
  const columns = layers(resources.map(r => r.name), edges);
  const alone = resources.map(r => r.name).filter(name => !columns.flat().includes(name));
  const rows = Math.max(0, ...columns.map(column => column.length));
  const heightOf = count => count * (node.height + node.gapY) - node.gapY;
  const at = new Map();
  columns.forEach((column, x) => column.forEach((name, y) => at.set(name, {
    x: node.margin + x * (node.width + node.gapX),
    y: node.margin + (heightOf(rows) - heightOf(column.length)) / 2 + y * (node.height + node.gapY),
  })));
  const perRow = Math.max(2, columns.length);
  const below = node.margin + (rows > 0 ? heightOf(rows) + 2 * node.gapY : 0);
  alone.forEach((name, i) => at.set(name, {
    x: node.margin + (i % perRow) * (node.width + node.gapX),
    y: below + Math.floor(i / perRow) * (node.height + node.gapY),
  }));
  const width = Math.max(0, ...[...at.values()].map(p => p.x)) + node.width + node.margin;
  const height = Math.max(0, ...[...at.values()].map(p => p.y)) + node.height + node.margin;
  return svg('svg', { width, height, viewBox: `0 0 ${width} ${height}`, role: 'group', 'aria-label': 'Resources' },
    svg('defs', null, ['waits', 'references', 'parent'].map(kind => svg('marker', { id: `arrow-${kind}`, class: kind, viewBox: '0 0 8 8', refX: 7, refY: 4, markerWidth: 8, markerHeight: 8, orient: 'auto-start-reverse' }, svg('path', { d: 'M0 0 8 4 0 8z' })))),
    edges.filter(e => e.from !== e.to).map(e => edge(e, at.get(e.from), at.get(e.to))),
    resources.map(r => box(r, at.get(r.name), edges)));
}

function edge({ from, to, types }, a, b) {
  const kind = types.includes('WaitFor') ? 'waits' : types.includes('Parent') ? 'parent' : 'references';
  const isForward = b.x > a.x;
  const y1 = a.y + node.height / 2;
  const y2 = b.y + node.height / 2;
  const x1 = isForward ? a.x + node.width : a.x;
  const x2 = isForward ? b.x - 2 : b.x + node.width + 2;
  const bend = (isForward ? 1 : -1) * Math.max(40, Math.abs(x2 - x1) / 2);
  return svg('path', { class: `edge ${kind}`, d: `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`, 'marker-end': `url(#arrow-${kind})` },
    svg('title', null, `${from} ${types.map(t => verbs[t] ?? t).join(' and ')} ${to}`));
}

function box(resource, { x, y }, edges) {
  const state = stateOf(resource);
  const health = healthOf(resource);
  const tone = health && health.tone !== 'ok' ? health.tone : state.tone;
  const text = health ? `${state.text}, ${health.text.toLowerCase()}` : state.text;
  const picture = resourceIcon(resource);
  for (const [name, value] of Object.entries({ x: x + 14, y: y + 12, width: 20, height: 20 })) {
    picture.setAttribute(name, String(value));
  }
  return svg('a', {
    href: `/resources/${encodeURIComponent(resource.name)}`, class: `node ${tone}`, dataset: { focus: `node/${resource.name}`, node: resource.name },
    'aria-label': [`${resource.displayName} ${text}`, resource.type, ...sentences(resource.name, edges)].join('. '),
  },
    svg('rect', { x, y, width: node.width, height: node.height, rx: 8 }),
    svg('rect', { class: 'edge-of-state', x, y: y + 8, width: 4, height: node.height - 16, rx: 2 }),
    picture,
    svg('text', { x: x + 42, y: y + 27, class: 'title' }, short(resource.displayName, 18)), ' ',
    svg('text', { x: x + 14, y: y + 49, class: 'state' }, short(text, 24)));
}

const short = (text, length) => (text.length > length ? text.slice(0, length - 1) + '…' : text);

const sentences = (name, edges) => Object.entries(verbs).flatMap(([type, verb]) => {
  const others = edges.filter(e => e.from === name && e.types.includes(type)).map(e => e.to);
  return others.length === 0 ? [] : [`${verb} ${others.join(', ')}`];
});

function describe(resources, edges) {
  return h('ul', { class: 'plain-list' }, resources.map(resource => h('li', null,
    h('a', { href: `/resources/${encodeURIComponent(resource.name)}`, dataset: { focus: `word/${resource.name}` } }, resource.displayName), ' ', badge(stateOf(resource)),
    h('span', { class: 'hint' }, sentences(resource.name, edges).join('; ') || 'depends on nothing'))));
}
