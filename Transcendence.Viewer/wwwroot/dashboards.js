// The list of dashboards; also what is shown where there is no such dashboard.

import { ask } from './api.js';
import { notice } from './notice.js';
import { h } from './shared/dom.js';

const list = document.getElementById('list');
const [, wanted] = /^\/d\/([^/]+)/.exec(location.pathname) ?? [];

try {
  const [found, viewer] = await Promise.all([ask('/api/search'), ask('/api/viewer')]);
  document.getElementById('notice').append(...notice(viewer));
  const folders = group(found);
  list.replaceChildren(
    wanted ? h('div', { role: 'alert' }, h('h2', null, `There is no dashboard “${decodeURIComponent(wanted)}”.`), h('p', null, found.length ? 'There are:' : '')) : '',
    found.length ? '' : h('p', null, 'No dashboards are provisioned: put their JSON files into monitoring/grafana/dashboards.'),
    ...[...folders].map(([folder, items]) => h('section', null, h('h2', null, folder),
      h('ul', null, items.map(({ title, url, tags }) => h('li', null, h('a', { href: url }, h('strong', null, title), tags.map(tag => h('span', { class: 'tag' }, tag)))))))));
  document.documentElement.dataset.state = 'ready';
} catch (error) {
  list.replaceChildren(h('div', { role: 'alert' }, h('h2', null, error.message), error.remedy ? h('p', null, error.remedy) : null));
  document.documentElement.dataset.state = 'error';
}

function group(found) {
  const folders = new Map();
  for (const item of found) {
    const folder = item.folderTitle || 'General';
    folders.set(folder, [...(folders.get(folder) ?? []), item]);
  }
  return folders;
}
