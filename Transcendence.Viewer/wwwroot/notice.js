// What this is, and what it is not.

import { h } from './shared/dom.js';

/**
 * @param {{ notice?: { title: string, text: string, lines: string[] }, problems?: Array<any> }} viewer As of `/api/viewer`.
 * @returns {Node[]}
 */
export function notice({ notice: said, problems = [] }) {
  const result = [];
  if (said) {
    result.push(h('details', { class: 'notice' },
      h('summary', null, h('strong', null, said.title), h('span', { class: 'muted' }, 'How to get Grafana')),
      h('div', null, said.text ? h('p', null, said.text) : null, said.lines?.length ? h('ul', null, said.lines.map(line => h('li', null, line))) : null)));
  }
  if (problems.length) {
    result.push(h('div', { class: 'page-errors', role: 'alert' }, problems.map(problem => h('p', null, typeof problem === 'string' ? problem : Object.values(problem).join(': ')))));
  }
  return result;
}
