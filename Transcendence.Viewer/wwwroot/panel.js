// One panel: its frame, its queries, its errors. What is drawn in it is a view (panels/*.js).

import { h } from './shared/dom.js';
import { applyFieldConfig } from './fieldconfig.js';
import { chain, interpolate, scopeOf } from './interpolation.js';
import { anchor, pageLink } from './links.js';
import { markdown } from './markdown.js';
import { unknownOptions } from './options.js';
import { popover } from './popover.js';
import { runPanelQueries } from './query.js';
import { transform } from './transformations.js';
import { views } from './panels/index.js';

/**
 * @typedef {object} View What draws a kind of panel.
 * @property {HTMLElement} element
 * @property {(answer: import('./query.js').Answer) => boolean | Promise<boolean>} draw false: there is no data.
 * @property {() => void} [redraw] After a change of the theme.
 * @property {() => void} [destroy]
 * @property {{ series?: any[], exemplars?: any[] }} [facts]
 * @property {any} [chart]
 */

export class Panel {
  #request = null;
  #view = null;

  /**
   * @param {string} key
   * @param {any} json As in the dashboard's file.
   * @param {Record<string, any>} scoped What its repeated variables are.
   * @param {import('./dashboard.js').Page} page
   */
  constructor(key, json, scoped, page) {
    this.key = key;
    this.json = json;
    this.page = page;
    this.setScoped(scoped);
    this.heading = h('h2', { id: `panel-${key}-title` });
    this.marks = h('div', { class: 'panel-marks' });
    this.body = h('div', { class: 'panel-body' });
    this.message = h('div', { class: 'panel-message', role: 'alert' });
    this.header = h('header', { class: 'panel-header' }, this.heading, this.marks);
    this.element = h('section', {
      class: `panel${json.transparent ? ' transparent' : ''}`, 'aria-labelledby': this.heading.id, dataset: { panelId: key, panelType: json.type, state: 'loading' },
    }, this.header, this.body, this.message);
    this.#showHeader();
    const View = views[json.type];
    if (View) {
      this.#view = new View(this);
      this.body.append(this.#view.element);
    }
  }

  /** @param {Record<string, any>} scoped What its repeated variables are. */
  setScoped(scoped) {
    this.scope = chain(scopeOf(scoped), this.page.scope);
  }

  get title() {
    return interpolate(this.json.title ?? '', this.scope);
  }

  /** What happened, as far as it is for this panel. */
  get annotations() {
    const id = Number(this.json.id);
    return this.page.annotations.filter(({ filter }) => !filter?.ids?.length || filter.ids.includes(id) !== Boolean(filter.exclude));
  }

  get state() {
    return this.element.dataset.state;
  }

  /** What tests and the curious see. */
  get facts() {
    return {
      type: this.json.type, series: this.#view?.facts?.series ?? [], exemplars: this.#view?.facts?.exemplars ?? [], uplot: this.#view?.chart,
    };
  }

  /**
   * Asks and draws. What is under way is dropped when something else is wanted now; a mere refresh waits for it.
   * @param {{ superseding: boolean }} options
   */
  async refresh({ superseding }) {
    if (this.#request) {
      if (!superseding) {
        return;
      }
      this.#request.abort();
    }
    this.#showHeader();
    if (!this.#view) {
      this.#say('unsupported', `This viewer cannot draw panels of type "${this.json.type}".`, 'See it in Grafana, or choose another visualization.');
      return;
    }
    const request = new AbortController();
    this.#request = request;
    this.element.dataset.state = 'loading';
    this.element.setAttribute('aria-busy', 'true');
    const timer = setTimeout(() => request.abort(new DOMException('', 'TimeoutError')), (this.page.timeoutSeconds + 5) * 1000);
    try {
      const answer = await runPanelQueries(this.json, Math.max(100, this.body.clientWidth || this.page.panelWidth(this)), { ...this.page.context, scope: this.scope }, request.signal);
      answer.frames = transform(answer.frames, this.json.transformations);
      applyFieldConfig(answer.frames, this.json.fieldConfig, this.scope);
      await this.#untilReleased();
      if (this.#request !== request) {
        return;
      }
      const drawn = await this.#keepingFocus(() => this.#view.draw(answer));
      if (this.#request !== request) {
        return;
      }
      if (drawn) {
        this.#say('done');
      } else {
        this.#say('nodata', this.json.fieldConfig?.defaults?.noValue || 'No data');
      }
    } catch (error) {
      if (this.#request !== request) {
        return;
      }
      if (request.signal.aborted && error.name === 'TimeoutError') {
        this.#say('error', `No answer within ${this.page.timeoutSeconds} s.`, 'Choose a shorter time range, or make the query simpler.');
      } else {
        this.#say('error', error.message, error.remedy);
        if (error.name !== 'ViewerError') {
          console.warn(error);
        }
      }
    } finally {
      clearTimeout(timer);
      if (this.#request === request) {
        this.#request = null;
        this.element.removeAttribute('aria-busy');
      }
    }
  }

  redraw() {
    this.#keepingFocus(() => this.#view?.redraw?.());
  }

  destroy() {
    this.#request?.abort();
    this.#request = null;
    this.#view?.destroy?.();
    this.element.remove();
  }

  #say(state, text, remedy) {
    this.element.dataset.state = state;
    this.message.setAttribute('role', state === 'error' ? 'alert' : 'note');
    this.message.replaceChildren(...(text ? [h('p', null, text), remedy ? h('p', { class: 'remedy' }, remedy) : ''] : []));
  }

  async #keepingFocus(draw) {
    const focused = this.body.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    const drawn = await draw();
    if (focused && document.activeElement === document.body) {
      this.body.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
    }
    return drawn;
  }

  // A redraw would take the selection from under the pointer.
  async #untilReleased() {
    while (this.body.matches(':active')) {
      await new Promise(resolve => { setTimeout(resolve, 50); });
    }
  }

  #showHeader() {
    const { title } = this;
    if (this.heading.textContent !== title || !this.marks.childElementCount) {
      this.heading.textContent = title || '';
      this.heading.classList.toggle('untitled', !title);
      if (!title) {
        this.heading.textContent = `Panel ${this.key}`;
      }
      this.#showMarks();
    }
  }

  #showMarks() {
    const { description, links = [], timeFrom, timeShift, hideTimeOverride } = this.json;
    const unknown = unknownOptions(this.json);
    const own = [timeFrom && `last ${timeFrom}`, timeShift && `shifted by ${timeShift}`].filter(Boolean).join(', ');
    this.marks.replaceChildren(...[
      this.json.type in views && this.page.viewLink(this),
      own && !hideTimeOverride && h('span', { class: 'panel-time' }, own),
      description && popover('i', `Description of ${this.title || 'this panel'}`, () => markdown(interpolate(description, this.scope)), 'mark info'),
      unknown.length > 0 && popover('!', `${unknown.length} ${unknown.length === 1 ? 'thing' : 'things'} not drawn in ${this.title || 'this panel'}`, () => [
        h('strong', null, 'Not drawn by this viewer'),
        h('ul', { class: 'unknown' }, unknown.map(text => h('li', null, h('code', null, text)))),
        h('p', { class: 'muted' }, 'What is not listed here is drawn. See the whole in Grafana.'),
      ], 'mark warn unsupported'),
      links.length > 0 && popover('↗', `Links of ${this.title || 'this panel'}`, () =>
        h('ul', { class: 'links' }, links.map(link => h('li', null, anchor(pageLink(link, this.scope))))), 'mark'),
    ].filter(Boolean));
  }
}
