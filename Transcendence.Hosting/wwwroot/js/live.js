// What the server tells by itself: one stream for the page, because a browser has only six connections to one server for all
// its tabs. It is closed while the page is not seen.

import { ask } from './api.js';

const longestPause = 15_000;

/**
 * Events: `resources`, `alerts`, `lines` (detail: an array of log lines) and `connection` (detail: `open` or `lost`).
 */
class Live extends EventTarget {
  /** @type {Map<string, any>} The resources by name, in the order of the model. */
  resources = new Map();

  /** @type {{ source: string, alerts: any[] | null, totalCount: number, problem: string | null } | null} */
  alerts = null;

  #source = null;
  #logs = null;
  #position = '';
  #failures = 0;
  #timer = 0;
  #announced = false;

  /** What the server says of the application, as soon as it answers. */
  async application() {
    for (;;) {
      try {
        return await ask('/api/application');
      } catch {
        this.#tell('connection', 'lost');
        await new Promise(resolve => setTimeout(resolve, 2000));
      }
    }
  }

  start() {
    document.addEventListener('visibilitychange', () => (document.hidden ? this.#close() : this.#open()));
    // A page that comes back from the browser's history has lost its stream.
    addEventListener('pageshow', event => event.persisted && this.#open());
    this.#open();
  }

  /**
   * Says whose log lines are wanted.
   * @param {string | null} name A resource, `*` for all, or null for none.
   */
  followLogs(name) {
    if (name !== this.#logs) {
      this.#logs = name;
      this.#position = '';
      this.#open();
    }
  }

  /** Tries at once to get the connection back. */
  retry() {
    this.#failures = 0;
    this.#open();
  }

  #open() {
    this.#close();
    if (document.hidden) {
      return;
    }
    const query = this.#logs === null ? '' : `?${new URLSearchParams({ logs: this.#logs, after: this.#position })}`;
    const source = this.#source = new EventSource(`/api/events${query}`);
    source.onopen = () => {
      this.#failures = 0;
      this.#tell('connection', 'open');
    };
    source.onerror = () => this.#fail();
    source.addEventListener('resource', event => this.#receive(JSON.parse(event.data)));
    source.addEventListener('alerts', event => {
      this.alerts = JSON.parse(event.data);
      this.#tell('alerts');
    });
    source.addEventListener('lines', event => {
      this.#position = event.lastEventId;
      this.#tell('lines', JSON.parse(event.data));
    });
  }

  #close() {
    clearTimeout(this.#timer);
    this.#source?.close();
    this.#source = null;
  }

  #receive(resource) {
    if (resource.isHidden) {
      return;
    }
    this.resources.set(resource.name, resource);
    if (!this.#announced) {
      // Many change at once when the application starts.
      this.#announced = true;
      requestAnimationFrame(() => {
        this.#announced = false;
        this.#tell('resources');
      });
    }
  }

  async #fail() {
    this.#close();
    this.#failures++;
    const pause = Math.min(longestPause, 500 * 2 ** this.#failures);
    try {
      // An error of a stream has no status; this has, and leads to the login when the session is over.
      await ask('/api/application');
    } catch (problem) {
      if (problem.status === 401) {
        return;
      }
      this.#tell('connection', 'lost');
    }
    if (this.#source === null) {
      this.#timer = setTimeout(() => this.#open(), pause);
    }
  }

  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

export const live = new Live();
