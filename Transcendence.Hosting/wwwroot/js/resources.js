// The table of all resources, and beside it the details of one.

import { h, formatTime } from '/public/shared/dom.js';
import { commandButton, commandItems, isRunning } from './commands.js';
import { Details } from './details.js';
import { openMenu } from './feedback.js';
import { icon, resourceIcon } from './icons.js';
import { live } from './live.js';
import { badge, healthOf, isTroubled, outward, parentOf, stateOf, webAddress } from './resource.js';
import { go } from './router.js';

const columns = ['Name', 'State', 'Health', 'Started', 'URLs', 'Actions'];
const filterKey = 'resources-filter';

export class ResourcesView {
  title = 'Resources';

  #filter = { text: '', type: '', state: '' };
  #rows = new Map();
  #details = null;

  constructor() {
    try {
      Object.assign(this.#filter, JSON.parse(sessionStorage.getItem(filterKey) ?? '{}'));
    } catch {
      // Then without the filter of before.
    }
    this.search = h('input', {
      type: 'search', placeholder: 'Filter', 'aria-label': 'Filter by name, type, state or URL', value: this.#filter.text, dataset: { search: '' },
      oninput: event => this.#choose({ text: event.target.value }),
    });
    this.types = this.#select('Type', 'type');
    this.states = this.#select('State', 'state');
    this.body = h('tbody', { role: 'rowgroup' });
    this.empty = h('p', { class: 'empty', role: 'status' });
    this.panel = h('aside', { class: 'details', 'aria-label': 'Details', hidden: true });
    this.element = h('div', { class: 'view split' },
      h('section', { class: 'list', 'aria-labelledby': 'view-title' },
        h('div', { class: 'toolbar' },
          h('h1', { id: 'view-title', tabindex: '-1' }, 'Resources'),
          h('div', { class: 'filters' }, this.search, this.types, this.states)),
        h('table', { class: 'resources', role: 'table' },
          h('caption', { class: 'visually-hidden' }, 'Resources with their state and what can be done with them'),
          h('thead', { role: 'rowgroup' }, h('tr', { role: 'row' }, columns.map(name => h('th', { scope: 'col', role: 'columnheader' }, name)))),
          this.body),
        this.empty),
      this.panel);
    this.update = this.update.bind(this);
    live.addEventListener('resources', this.update);
    this.update();
  }

  /** Shows the details of the resource that the address names; of none, when it names none. Returns whether they have the focus. */
  show({ name }) {
    const before = this.#details?.name;
    if (name === before) {
      return false;
    }
    this.#details?.close();
    this.#details = name ? new Details(this.panel, name, () => go('/')) : null;
    this.element.classList.toggle('with-details', !!name);
    this.title = name ?? 'Resources';
    this.update();
    if (!name && before) {
      this.body.querySelector(`a[data-focus="name/${CSS.escape(before)}"]`)?.focus();
    }
    return !!name;
  }

  close() {
    live.removeEventListener('resources', this.update);
    this.#details?.close();
  }

  update() {
    const resources = [...live.resources.values()];
    offer(this.types, 'All types', resources.map(r => r.type), this.#filter.type);
    offer(this.states, 'All states', resources.map(r => stateOf(r).text), this.#filter.state);

    const shown = nested(resources).filter(({ resource }) => this.#matches(resource));
    const focus = document.activeElement?.closest?.('tbody') === this.body ? document.activeElement.dataset.focus : null;
    const rows = shown.map(({ resource, depth }) => this.#row(resource, depth));
    if (rows.length !== this.body.rows.length || rows.some((row, i) => row !== this.body.rows[i])) {
      this.body.replaceChildren(...rows);
    }
    if (focus && document.activeElement === document.body) {
      (this.body.querySelector(`[data-focus="${CSS.escape(focus)}"]`) ?? this.body.querySelector(`[data-focus="name/${CSS.escape(focus.split('/')[1])}"]`))?.focus();
    }
    this.empty.textContent = rows.length > 0 ? '' : resources.length > 0 ? 'No resource matches the filter.' : 'Waiting for the application…';
    this.#details?.update();
  }

  #matches(resource) {
    const { text, type, state } = this.#filter;
    const words = [resource.displayName, resource.type, stateOf(resource).text, healthOf(resource)?.text ?? '', ...resource.urls.map(u => u.url)].join(' ').toLowerCase();
    return (!type || resource.type === type) && (!state || stateOf(resource).text === state) && text.toLowerCase().split(/\s+/).every(word => words.includes(word));
  }

  #choose(change) {
    Object.assign(this.#filter, change);
    try {
      sessionStorage.setItem(filterKey, JSON.stringify(this.#filter));
    } catch {
      // Then it is forgotten with the page.
    }
    this.update();
  }

  #select(label, key) {
    return h('select', { 'aria-label': label, onchange: event => this.#choose({ [key]: event.target.value }) });
  }

  /** The row of a resource: the one there is, when nothing in it has changed. */
  #row(resource, depth) {
    const isSelected = this.#details?.name === resource.name;
    const version = JSON.stringify([resource, depth, isSelected, resource.commands.map(c => isRunning(resource, c))]);
    const known = this.#rows.get(resource.name);
    if (known?.version === version) {
      return known.row;
    }

    const row = h('tr', { role: 'row', dataset: { resource: resource.name, state: resource.state ?? '', health: resource.health ?? '' }, class: isTroubled(resource) ? 'troubled' : '', 'aria-current': isSelected ? 'true' : null },
      cell('Name', h('div', { class: `name depth-${Math.min(depth, 3)}` },
        resourceIcon(resource),
        h('div', null,
          h('a', { href: `/resources/${encodeURIComponent(resource.name)}`, dataset: { focus: `name/${resource.name}` } }, resource.displayName),
          h('span', { class: 'type' }, resource.type)))),
      cell('State', badge(stateOf(resource))),
      cell('Health', healthOf(resource) ? badge(healthOf(resource)) : h('span', { class: 'none' }, '–')),
      cell('Started', resource.startTime ? h('time', { datetime: resource.startTime }, formatTime(resource.startTime)) : h('span', { class: 'none' }, '–')),
      cell('URLs', this.#urls(resource)),
      cell('Actions', this.#actions(resource)));
    this.#rows.set(resource.name, { version, row });
    return row;
  }

  #urls(resource) {
    const links = resource.urls.filter(u => !u.isInternal);
    return links.length === 0 ? h('span', { class: 'none' }, '–') : h('ul', { class: 'urls' }, links.map(u => h('li', null,
      webAddress(u.url) ? outward(u.url, u.displayName || u.url, { title: u.url, dataset: { focus: `url/${resource.name}/${u.url}` } }) : u.url)));
  }

  #actions(resource) {
    const highlighted = resource.commands.filter(c => c.isHighlighted);
    const others = resource.commands.filter(c => !c.isHighlighted);
    const more = h('button', {
      type: 'button', class: 'plain small', 'aria-label': `More actions: ${resource.displayName}`, 'aria-haspopup': 'menu', 'aria-expanded': 'false', title: 'More actions',
      dataset: { focus: `more/${resource.name}` },
      onclick: event => openMenu(event.currentTarget, [
        { text: 'Details', icon: icon('Table'), run: () => go(`/resources/${encodeURIComponent(resource.name)}`) },
        { text: 'Console logs', icon: icon('Console'), run: () => go(`/logs/${encodeURIComponent(resource.name)}`) },
        ...commandItems(resource, others),
      ]),
    }, icon('More'));
    return h('div', { class: 'actions' }, highlighted.map(command => commandButton(resource, command, 'row', false)), more);
  }
}

const cell = (label, content) => h('td', { role: 'cell', dataset: { label } }, content);

/** Each resource below its parent, in the order of the model. */
function nested(resources) {
  const names = new Set(resources.map(r => r.name));
  const children = Map.groupBy(resources, r => (names.has(parentOf(r)) ? parentOf(r) : null));
  const result = [];
  const add = (resource, depth) => {
    if (!result.some(entry => entry.resource === resource)) {
      result.push({ resource, depth });
      children.get(resource.name)?.forEach(child => add(child, depth + 1));
    }
  };
  children.get(null)?.forEach(resource => add(resource, 0));
  resources.forEach(resource => add(resource, 0)); // What is its own ancestor.
  return result;
}

/** Fills a list of choices, unless it has them already. */
function offer(select, all, values, chosen) {
  const choices = [...new Set([...values, ...(chosen ? [chosen] : [])])].sort();
  if (select.options.length !== choices.length + 1 || choices.some((value, i) => select.options[i + 1].value !== value)) {
    select.replaceChildren(h('option', { value: '' }, all), ...choices.map(value => h('option', { value }, value)));
  }
  select.value = chosen;
}
