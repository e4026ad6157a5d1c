// What this is, and what it is not.

import { h } from './shared/dom.js';

/**
 * @param {{ remedy: string[], problems: Array<{ file: string, message: string }> }} viewer As of `/api/viewer`.
 * @returns {Node[]}
 */
export function notice({ remedy, problems }) {
  const result = [h('details', { class: 'notice' },
    h('summary', null, h('strong', null, 'This is the built-in viewer, not Grafana'), remedy.length ? h('span', { class: 'muted' }, 'How to get Grafana') : null),
    h('div', null, h('p', null, 'No Grafana can be had on this machine, so these are its dashboards as the built-in viewer draws them.'),
      remedy.length ? h('ul', null, remedy.map(line => h('li', null, line))) : null))];
  if (problems.length) {
    result.push(h('div', { class: 'page-errors', role: 'alert' }, problems.map(({ file, message }) => h('p', null, `${file}: ${message}`))));
  }
  return result;
}
