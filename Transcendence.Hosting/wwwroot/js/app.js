// The page: its frame, and the view that the address names.

import { h } from '/public/shared/dom.js';
import { AlertsView } from './alerts.js';
import { show } from './feedback.js';
import { GraphView } from './graph.js';
import { icon } from './icons.js';
import { live } from './live.js';
import { LogsView } from './logs.js';
import { healthOf, isRunnable, isTroubled, stateOf } from './resource.js';
import { ResourcesView } from './resources.js';
import { go, onNavigate } from './router.js';

const views = {
  resources: { path: '/', text: 'Resources', icon: 'Table', key: 'r', create: () => new ResourcesView() },
  logs: { path: '/logs', text: 'Console', icon: 'Console', key: 'c', create: () => new LogsView() },
  alerts: { path: '/alerts', text: 'Alerts', icon: 'Alert', key: 'a', create: () => new AlertsView() },
  graph: { path: '/graph', text: 'Graph', icon: 'Graph', key: 'g', create: () => new GraphView() },
};

const element = id => document.getElementById(id);
const main = element('main');
let application = { name: '', alertSource: null };
let current = null; // { name, view }

function frame() {
  const signs = h('div', { class: 'signs', id: 'signs' });
  element('topbar').replaceChildren(
    h('button', { type: 'button', class: 'plain small menu-button', id: 'menu-button', 'aria-label': 'Views', 'aria-expanded': 'false', 'aria-controls': 'nav', onclick: () => toggleNavigation() }, icon('Menu')),
    h('a', { class: 'brand', href: '/' }, icon('Logo'), h('span', null, application.name)),
    signs,
    h('button', { type: 'button', class: 'plain small', dataset: { themeToggle: '' }, 'aria-label': 'Dark or light', title: 'Dark or light (t)' }, icon('Theme')),
    h('button', { type: 'button', class: 'plain small help-button', 'aria-label': 'Help', title: 'Keyboard shortcuts (?)', id: 'help-button', onclick: help }, icon('Help')),
    h('form', { method: 'post', action: '/logout' }, h('button', { class: 'plain small', 'aria-label': 'Log out', title: 'Log out' }, icon('SignOut'))));
  element('nav').replaceChildren(h('ul', null, Object.entries(views).filter(([name]) => isOffered(name)).map(([name, view]) => h('li', null,
    h('a', { href: view.path, dataset: { view: name }, onclick: () => toggleNavigation(false) }, icon(view.icon), h('span', null, view.text),
      name === 'alerts' ? h('span', { class: 'count', id: 'alert-count', hidden: true }) : null)))));
}

const isOffered = name => name !== 'alerts' || application.alertSource !== null;

function toggleNavigation(open = element('menu-button').getAttribute('aria-expanded') !== 'true') {
  element('menu-button').setAttribute('aria-expanded', String(open));
  document.body.classList.toggle('nav-open', open);
}

/** The numbers at the top. */
function count() {
  const resources = [...live.resources.values()].filter(isRunnable);
  const running = resources.filter(r => r.state === 'Running').length;
  const troubled = resources.filter(isTroubled).length;
  const firing = live.alerts?.problem === null ? live.alerts.totalCount : 0;
  const sign = (name, number, text, tone, href) => h('a', { class: `sign ${tone}`, href, dataset: { sign: name }, title: `${number} ${text}` }, h('strong', null, String(number)), h('span', null, text));
  element('signs').replaceChildren(
    sign('running', `${running}/${resources.length}`, 'running', running === resources.length ? 'ok' : 'info', '/'),
    sign('unhealthy', troubled, 'unhealthy', troubled > 0 ? 'critical' : 'muted', '/'),
    ...(isOffered('alerts') ? [live.alerts?.problem ? sign('alerts', '?', 'alerts firing', 'warn', '/alerts') : sign('alerts', firing, firing === 1 ? 'alert firing' : 'alerts firing', firing > 0 ? 'critical' : 'muted', '/alerts')] : []));
  const badge = element('alert-count');
  if (badge) {
    badge.hidden = firing === 0;
    badge.replaceChildren(h('span', { 'aria-hidden': 'true' }, String(firing)), h('span', { class: 'visually-hidden' }, ` ${firing} firing`));
  }
}

const told = new Map();

/** Tells who hears the page what has become of a resource; not each step on the way there. */
function tellNews() {
  const news = [];
  for (const resource of live.resources.values()) {
    const [state, health] = [stateOf(resource), healthOf(resource)];
    if (state.tone !== 'info' && health?.tone !== 'info') {
      const text = `${resource.displayName}: ${[state.text, health?.text].filter(Boolean).join(', ')}`;
      if (told.has(resource.name) && told.get(resource.name) !== text) {
        news.push(text);
      }
      told.set(resource.name, text);
    }
  }
  if (news.length > 0) {
    element('news').textContent = news.join('. ');
  }
}

function render([first = 'resources', name = null]) {
  if (!(first in views) || (name !== null && !['resources', 'logs'].includes(first))) {
    return go('/');
  }
  const isNew = current?.name !== first;
  if (isNew) {
    current?.view.close();
    current = { name: first, view: views[first].create() };
    main.replaceChildren(current.view.element);
  }
  const hasFocus = current.view.show({ name });
  document.title = `${current.view.title} – ${application.name}`;
  for (const link of element('nav').querySelectorAll('a')) {
    link.toggleAttribute('aria-current', link.dataset.view === first);
    if (link.dataset.view === first) {
      link.setAttribute('aria-current', 'page');
    }
  }
  // A reader who hears the page is to hear what is new, but not at the first opening.
  if (isNew && !hasFocus && render.before) {
    main.querySelector('h1')?.focus({ preventScroll: true });
  }
  render.before = true;
}

function help() {
  const keys = [
    ...Object.entries(views).filter(([name]) => isOffered(name)).map(([, view]) => [view.key.toUpperCase(), view.text]),
    ['/', 'Search or filter'], ['Enter, Shift+Enter', 'Next, previous match in the logs'], ['End', 'In the logs: the newest line'],
    ['T', 'Dark or light'], ['Esc', 'Close the details'], ['?', 'This help'],
  ];
  show(h('dialog', { class: 'help', 'aria-labelledby': 'help-title' },
    h('form', { method: 'dialog' },
      h('h2', { id: 'help-title' }, 'Keyboard shortcuts'),
      h('dl', { class: 'facts' }, keys.map(([key, text]) => h('div', null, h('dt', null, h('kbd', null, key)), h('dd', null, text)))),
      h('p', { class: 'hint' }, 'Everything here can be had by other programs too: ', h('a', { href: '/api/resources', target: '_blank', rel: 'noopener' }, '/api/resources'), ' and its neighbours answer with JSON.'),
      h('div', { class: 'answers' }, h('button', { class: 'primary', autofocus: true }, 'Close')))));
}

function shortcuts(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || document.querySelector('dialog[open], .menu') || event.target.closest?.('input, select, textarea')) {
    return;
  }
  const key = event.key.toLowerCase();
  const view = Object.entries(views).find(([name, v]) => v.key === key && isOffered(name))?.[1];
  if (view) {
    go(view.path);
  } else if (key === '/') {
    main.querySelector('[data-search]')?.focus();
  } else if (key === 't') {
    document.querySelector('[data-theme-toggle]').click();
  } else if (key === '?') {
    help();
  } else if (key === 'escape' && location.pathname.startsWith('/resources/')) {
    go('/');
  } else if (key === 'escape' && document.body.classList.contains('nav-open')) {
    toggleNavigation(false);
  } else {
    return;
  }
  event.preventDefault();
}

function tellConnection({ detail }) {
  const banner = element('banner');
  const isLost = detail === 'lost';
  if (banner.hidden === isLost) {
    banner.hidden = !isLost;
    banner.replaceChildren(...(isLost ? [
      icon('Attention'), h('p', null, 'Connection lost: the application has stopped, or it is being started anew. What is shown here is how it was.'),
      h('button', { type: 'button', class: 'small', onclick: () => live.retry() }, 'Try now')] : []));
  }
}

live.addEventListener('connection', tellConnection);
live.addEventListener('resources', count);
live.addEventListener('resources', tellNews);
live.addEventListener('alerts', count);
addEventListener('keydown', shortcuts);

application = await live.application();
frame();
count();
onNavigate(render);
live.start();
