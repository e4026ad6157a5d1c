// The page of one dashboard.

import { ask, ViewerError } from './api.js';
import { annotationQueries, loadAnnotations } from './annotations.js';
import { chain, interpolate, scopeOf } from './interpolation.js';
import { arrange } from './layout.js';
import { anchor, pageLink } from './links.js';
import { notice } from './notice.js';
import { Panel } from './panel.js';
import { rangePicker, refreshPicker, variablePickers } from './pickers.js';
import { popover } from './popover.js';
import { h } from './shared/dom.js';
import { parseRefresh, resolveRange, shiftRange, zoomOut } from './timerange.js';
import { builtins, Variables } from './variables.js';

const byId = id => document.getElementById(id);

/** The page: what is chosen, and the panels that follow it. */
export class Page {
  /** @type {Map<string, Panel>} */
  panels = new Map();
  rows = new Map();
  folded = new Map();
  annotations = [];
  /** @type {Record<string, string>} What is not as the reader wants it, said at the top. */
  said = {};
  /** @type {string[]} Errors of annotations. */
  #failed = [];
  /** @type {Map<string, boolean>} Which kinds of annotations the reader has switched on or off. */
  annotationsOn = new Map();
  /** @type {Promise<any[]> | undefined} The other dashboards, once they are needed. */
  #others;
  #update = null;
  #timer = 0;
  #missed = false;

  async start() {
    try {
      const uid = decodeURIComponent(location.pathname.split('/')[2]);
      const [{ dashboard }, datasources, viewer] = await Promise.all([ask(`/api/dashboards/uid/${encodeURIComponent(uid)}`), ask('/api/datasources'), ask('/api/viewer')]);
      if (!Array.isArray(dashboard.panels)) {
        throw new ViewerError('This dashboard is not in Grafana\u2019s classic format.', { remedy: 'In Grafana, export it as "Classic" JSON.' });
      }
      this.dashboard = dashboard;
      this.datasources = datasources;
      this.maxPoints = viewer.maxPoints ?? 11_000;
      this.timeoutSeconds = viewer.timeoutSeconds ?? 30;
      byId('notice').append(...notice(viewer));
      this.variables = new Variables(dashboard.templating?.list ?? [], datasources);
      this.#readUrl();
      document.title = `${dashboard.title} – dashboard`;
      byId('title').textContent = dashboard.title;
      this.#buildControls();
      addEventListener('popstate', () => { this.#readUrl(); this.update(); });
      addEventListener('themechange', () => this.panels.forEach(panel => panel.redraw()));
      document.addEventListener('visibilitychange', () => !document.hidden && this.#missed && this.refresh());
      document.addEventListener('keydown', event => this.#key(event));
      await this.update();
      this.#schedule();
    } catch (error) {
      document.documentElement.dataset.state = 'error';
      byId('panels').replaceChildren(h('div', { class: 'page-message', role: 'alert' }, h('h2', null, error.message), error.remedy ? h('p', null, error.remedy) : null,
        h('p', null, h('a', { href: '/dashboards' }, 'All dashboards'))));
      if (error.name !== 'ViewerError') {
        throw error;
      }
    }
  }

  /** @type {import('./interpolation.js').Scope} */
  scope = (name, path) => chain(this.variables?.scope, this.builtins)(name, path);

  get context() {
    return { range: this.range, datasources: this.datasources, maxPoints: this.maxPoints };
  }

  get sharesCrosshair() {
    return (this.dashboard.graphTooltip ?? 0) > 0;
  }

  get sharesTooltip() {
    return this.dashboard.graphTooltip === 2;
  }

  // --- What is chosen ---

  #readUrl() {
    const parameters = new URLSearchParams(location.search);
    const { time = {}, refresh } = this.dashboard;
    this.raw = { from: parameters.get('from') ?? time.from ?? 'now-6h', to: parameters.get('to') ?? time.to ?? 'now' };
    this.said = {};
    if (!resolveRange(this.raw, Date.now())) {
      this.said.range = `From “${this.raw.from}” to “${this.raw.to}” is no time range: the last 6 hours are shown.`;
      this.raw = { from: 'now-6h', to: 'now' };
    }
    const own = typeof refresh === 'string' ? refresh : '';
    const asked = parameters.get('refresh') ?? own;
    const usable = text => text === '' || parseRefresh(text);
    this.interval = [asked, own].find(usable) ?? '';
    if (!usable(asked)) {
      this.said.refresh = `Refresh “${asked}” is no time from 1s to 1d: ${this.interval ? `it is ${this.interval}` : 'it is off'}.`;
    }
    this.viewPanel = parameters.get('viewPanel');
    this.variables.readUrl(parameters);
  }

  #address() {
    const parameters = new URLSearchParams(location.search);
    parameters.set('from', this.raw.from);
    parameters.set('to', this.raw.to);
    parameters.set('refresh', this.interval);
    if (!this.interval && !this.dashboard.refresh) {
      parameters.delete('refresh'); // Where the dashboard refreshes by itself, that it is switched off has to be said.
    }
    if (this.viewPanel) {
      parameters.set('viewPanel', this.viewPanel);
    } else {
      parameters.delete('viewPanel');
    }
    this.variables.writeUrl(parameters);
    return `${location.pathname}?${parameters}`;
  }

  // Only where it differs: writing it would break off a step back that is under way.
  #writeUrl() {
    const address = this.#address();
    if (address !== location.pathname + location.search) {
      history.replaceState(null, '', address);
    }
  }

  #chosen() {
    history.pushState(null, '', this.#address());
    return this.update();
  }

  /** @param {import('./timerange.js').RawRange} raw */
  setRange(raw) {
    if (!resolveRange(raw, Date.now())) {
      return false;
    }
    delete this.said.range;
    if (raw.from !== this.raw.from || raw.to !== this.raw.to) {
      this.raw = raw;
      this.#chosen();
    }
    return true;
  }

  zoomOut() {
    this.setRange(zoomOut(this.range, Date.now()));
  }

  /** @param {number} direction */
  shift(direction) {
    this.setRange(shiftRange(this.range, direction));
  }

  /** @param {string} name @param {string[]} values */
  setVariable(name, values) {
    this.variables.choose(name, values);
    this.#chosen();
  }

  /** @param {string} interval */
  setInterval(interval) {
    this.interval = interval;
    delete this.said.refresh;
    this.#writeUrl();
    this.#schedule();
  }

  // --- What follows from it ---

  /** After a choice: everything anew, and what was under way is dropped. */
  async update() {
    this.#update?.abort();
    const update = new AbortController();
    this.#update = update;
    document.documentElement.dataset.state = 'loading';
    try {
      await this.#resolve(update.signal);
    } catch (error) {
      if (update.signal.aborted) {
        return;
      }
      throw error;
    }
    if (update.signal.aborted) {
      return;
    }
    this.#writeUrl();
    this.#showControls();
    this.#place();
    this.#showErrors();
    await this.#draw(true, update);
  }

  /** The same again, with newer data. */
  async refresh() {
    this.#missed = false;
    const update = this.#update ?? new AbortController();
    const options = JSON.stringify(this.variables.list.map(({ selected, options: o }) => [selected, o]));
    try {
      await this.#resolve(update.signal);
    } catch (error) {
      if (update.signal.aborted) {
        return; // Another choice was made meanwhile.
      }
      throw error;
    }
    this.#showControls();
    if (options !== JSON.stringify(this.variables.list.map(({ selected, options: o }) => [selected, o]))) {
      this.#place();
    }
    await this.#draw(false, update);
  }

  async #resolve(signal) {
    const now = Date.now();
    this.range = resolveRange(this.raw, now);
    this.builtins = builtins({ range: this.range, raw: this.raw, dashboard: this.dashboard, variables: this.variables });
    await this.variables.resolve(this.range, this.builtins, signal);
  }

  async #draw(superseding, update) {
    const annotations = loadAnnotations(this.dashboard, this, update.signal);
    await Promise.all([...this.panels.values()].map(panel => panel.refresh({ superseding })));
    const { list, errors } = await annotations;
    if (this.#update !== update || update.signal.aborted) {
      return;
    }
    this.#failed = errors;
    this.#showErrors();
    if (list.length || this.annotations.length) {
      this.annotations = list;
      this.panels.forEach(panel => panel.facts.uplot?.redraw(false));
    }
    document.documentElement.dataset.state = 'ready';
    if (!performance.getEntriesByName('viewer:ready').length) {
      performance.mark('viewer:ready');
    }
  }

  #schedule() {
    clearInterval(this.#timer);
    const ms = parseRefresh(this.interval);
    if (ms) {
      this.#timer = setInterval(() => {
        if (document.hidden) {
          this.#missed = true;
        } else {
          this.refresh();
        }
      }, ms);
    }
    this.#showControls();
  }

  // --- Panels in their places ---

  #place() {
    const grid = byId('panels');
    const isFolded = (key, row) => this.folded.get(key) ?? Boolean(row.collapsed);
    let placed = arrange(this.dashboard.panels, this.variables, isFolded);
    grid.classList.toggle('alone', Boolean(this.viewPanel));
    if (this.viewPanel) {
      const everything = arrange(this.dashboard.panels, this.variables, () => false);
      const wanted = everything.filter(({ key }) => key === this.viewPanel || `panel-${key}` === this.viewPanel);
      if (wanted.length) {
        placed = wanted.map(item => ({ ...item, x: 0, y: 0, w: 24, h: 20 }));
      } else {
        this.said.panel = `There is no panel “${this.viewPanel}”: all are shown.`;
        this.viewPanel = null;
        grid.classList.remove('alone');
      }
    }
    const kept = new Set(placed.map(({ key }) => key));
    for (const [key, panel] of this.panels) {
      if (!kept.has(key)) {
        panel.destroy();
        this.panels.delete(key);
      }
    }
    const elements = placed.map(({ key, panel, scoped, x, y, w, h: height }) => {
      let element;
      if (panel.type === 'row') {
        element = this.#row(key, panel, scoped, isFolded(key, panel));
      } else {
        const drawn = this.panels.get(key) ?? new Panel(key, panel, scoped, this);
        drawn.setScoped(scoped);
        this.panels.set(key, drawn);
        element = drawn.element;
      }
      element.style.gridColumn = `${x + 1} / span ${w}`;
      element.style.gridRow = `${y + 1} / span ${height}`;
      element.style.setProperty('--rows', height);
      return element;
    });
    // Moving an element away and back would lose the focus in it.
    if (elements.length !== grid.children.length || elements.some((element, i) => element !== grid.children[i])) {
      const focused = document.activeElement;
      grid.replaceChildren(...elements);
      focused?.isConnected && focused !== document.activeElement && focused.focus();
    }
  }

  #row(key, row, scoped, folded) {
    const element = this.rows.get(key) ?? h('div', { class: 'row', dataset: { panelId: key, panelType: 'row', state: 'done' } });
    this.rows.set(key, element);
    const count = (row.panels ?? []).length;
    const button = h('button', { type: 'button', class: 'plain row-title', 'aria-expanded': String(!folded), onclick: () => {
      this.folded.set(key, !folded);
      this.#place();
      this.rows.get(key).querySelector('button').focus();
      this.panels.forEach(panel => panel.state === 'loading' && panel.refresh({ superseding: false }));
    } }, h('span', { class: 'chevron', 'aria-hidden': 'true' }, folded ? '›' : '⌄'),
    interpolate(row.title ?? '', chain(scopeOf(scoped), this.scope)) || 'Row', folded && count ? h('span', { class: 'muted' }, ` (${count} ${count === 1 ? 'panel' : 'panels'})`) : null);
    element.replaceChildren(h('h2', null, button));
    return element;
  }

  /** Shows one panel alone, or all again. @param {Panel} panel */
  viewLink(panel) {
    const alone = Boolean(this.viewPanel);
    return h('button', { type: 'button', class: 'mark view', title: alone ? 'Back to all panels (Esc)' : 'This panel alone', 'aria-label': `${alone ? 'Back to all panels from' : 'View alone:'} ${panel.title || panel.key}`,
      onclick: () => this.#view(alone ? null : panel.key) }, alone ? '⤡' : '⤢');
  }

  #view(key) {
    this.viewPanel = key;
    this.panels.forEach(panel => panel.destroy());
    this.panels.clear();
    this.#chosen();
  }

  #key(event) {
    if (event.key === 'Escape' && this.viewPanel && !document.querySelector('.popover:popover-open') && !event.defaultPrevented) {
      this.#view(null);
    }
  }

  /** A panel's width before it has one. @param {Panel} panel */
  panelWidth(panel) {
    return Math.max(300, byId('panels').clientWidth * (panel.json.gridPos?.w ?? 12) / 24);
  }

  // --- Controls ---

  #buildControls() {
    this.controls = { range: rangePicker(this), refresh: refreshPicker(this), variables: variablePickers(this) };
    byId('tools').append(this.controls.range.element, this.controls.refresh.element);
    this.errors = h('div', { class: 'page-errors', role: 'alert' });
    this.links = h('div', { class: 'dashboard-links' });
    const switches = annotationQueries(this.dashboard).filter(({ hide }) => !hide).map(({ name, enable = true }) => h('label', { class: 'switch' },
      h('input', { type: 'checkbox', checked: enable, onchange: event => { this.annotationsOn.set(name, event.target.checked); this.refresh(); } }), name));
    byId('controls').append(this.controls.variables.element, ...switches, this.links);
    byId('controls').after(this.errors);
    const unknown = this.#unknown();
    if (unknown.length) {
      byId('controls').append(popover('!', `${unknown.length} things of this dashboard are not drawn`, () => [
        h('strong', null, 'Not drawn by this viewer'), h('ul', { class: 'unknown' }, unknown.map(text => h('li', null, text)))], 'mark warn unsupported'));
    }
  }

  #unknown() {
    const { annotations, links = [], liveNow, timezone } = this.dashboard;
    return [
      ...this.variables.unsupported,
      ...(annotations?.list ?? []).filter(({ enable, builtIn }) => enable !== false && !builtIn)
        .filter(annotation => annotation.useValueForTime || !annotationQueries(this.dashboard).includes(annotation))
        .map(({ name, useValueForTime }) => `annotations "${name}": ${useValueForTime ? 'useValueForTime' : 'not from Prometheus'}`),
      ...links.filter(({ type }) => !['link', 'dashboards'].includes(type ?? 'link')).map(({ title, type }) => `link "${title}" of type "${type}"`),
      ...(liveNow ? ['continuous redrawing (liveNow)'] : []),
      ...(timezone && timezone !== 'browser' ? [`time zone "${timezone}": times are shown in the browser\u2019s`] : []),
    ];
  }

  #showControls() {
    this.controls.range.show();
    this.controls.refresh.show();
    this.controls.variables.show();
    const links = (this.dashboard.links ?? []).filter(({ type = 'link' }) => type === 'link');
    this.links.replaceChildren(...links.map(link => anchor(pageLink(link, this.scope), 'button small')));
    const lists = (this.dashboard.links ?? []).filter(({ type }) => type === 'dashboards');
    if (lists.length) {
      this.#linkLists(lists);
    }
  }

  async #linkLists(lists) {
    let all;
    try {
      all = await (this.#others ??= ask('/api/search'));
      delete this.said.links;
    } catch (error) {
      this.#others = undefined; // Asked again with the next refresh.
      this.said.links = `The links to other dashboards are missing: ${error.message}`;
      return;
    } finally {
      this.#showErrors();
    }
    const found = lists.flatMap(link => all.filter(({ uid, tags }) => uid !== this.dashboard.uid && (link.tags ?? []).every(tag => tags.includes(tag)))
      .map(({ title, url }) => anchor(pageLink({ ...link, url, title }, this.scope), 'button small')));
    this.links.append(...found.filter(element => ![...this.links.children].some(other => other.href === element.href)));
  }

  #showErrors() {
    this.errors?.replaceChildren(...[...Object.values(this.said), ...this.#failed].map(text => h('p', null, text)));
  }

  /** Says what nobody caught. @param {unknown} error */
  tell(error) {
    this.said.fault = `Something went wrong in this page: ${error.message ?? error}. Reload it.`;
    this.#showErrors();
  }
}

const page = new Page();
window.__viewer = { get panels() { return new Map([...page.panels].flatMap(([key, panel]) => [[key, panel.facts], ...(/^\d+$/.test(key) ? [[Number(key), panel.facts]] : [])])); }, page };
addEventListener('unhandledrejection', ({ reason }) => reason && page.tell(reason));
addEventListener('error', ({ error }) => error && page.tell(error));
page.start();
