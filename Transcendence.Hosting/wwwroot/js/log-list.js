// A long list of log lines, of which only those in sight have elements.

import { h } from '/public/shared/dom.js';

const overscan = 12;

/**
 * Draws lines into an element that scrolls. A line has `text` (without control sequences) for its length; `draw` makes its element.
 * Events: `follow` when it begins or ends to stay at the newest line.
 */
export class LogList extends EventTarget {
  following = true;

  #lines = [];
  #tops = [0]; // Where each line begins, when they wrap: in rows.
  #wrap = false;
  #widest = 0;
  #drawn = new Map();
  #asked = false;
  #rowHeight = 20;
  #characterWidth = 7;
  #columns = 80;
  #prefix = 0;

  /**
   * @param {HTMLElement} viewport
   * @param {(line: any, index: number) => HTMLElement} draw
   * @param {() => number} prefix How many characters stand before a line's text.
   */
  constructor(viewport, draw, prefix) {
    super();
    this.viewport = viewport;
    this.draw = draw;
    this.prefix = prefix;
    this.canvas = h('div', { class: 'canvas' });
    viewport.append(this.canvas);
    viewport.addEventListener('scroll', () => this.#scrolled(), { passive: true });
    this.observer = new ResizeObserver(() => this.#measure());
    this.observer.observe(viewport);
  }

  close() {
    this.observer.disconnect();
  }

  /** Shows other lines. The list may then be lengthened, followed by `grown`. */
  set(lines) {
    this.#lines = lines;
    this.#forget();
    this.#widest = 0;
    this.#measureLines(0);
    this.#ask();
  }

  /** Says that lines were added near the end of the list; `from` is the first that is new or has moved. */
  grown(from) {
    for (const [index, element] of this.#drawn) {
      if (index >= from) {
        element.remove();
        this.#drawn.delete(index);
      }
    }
    this.#measureLines(from);
    this.#ask();
  }

  /** Says that the first lines were taken away and others perhaps added: what is in sight stays where it is. */
  shortened(lines, removed) {
    const offset = this.#top(Math.min(removed, this.#lines.length));
    const scrolled = this.viewport.scrollTop;
    this.set(lines);
    if (!this.following) {
      this.#size();
      this.viewport.scrollTop = Math.max(0, scrolled - offset);
    }
  }

  /** Draws the lines in sight again, because they look different now. */
  refresh() {
    this.#forget();
    this.#ask();
  }

  set wrap(value) {
    const index = this.#indexAt(this.viewport.scrollTop);
    this.#wrap = value;
    this.viewport.classList.toggle('wrap', value);
    this.#measure();
    if (!this.following) {
      this.viewport.scrollTop = this.#top(index);
    }
  }

  follow() {
    this.#setFollowing(true);
    this.#ask();
  }

  /** Brings a line into sight. */
  scrollTo(index) {
    this.#size();
    this.viewport.scrollTop = Math.max(0, this.#top(index) - this.viewport.clientHeight / 2);
    this.#scrolled();
  }

  #scrolled() {
    this.#setFollowing(this.viewport.scrollTop + this.viewport.clientHeight >= this.viewport.scrollHeight - this.#rowHeight / 2);
    this.#ask();
  }

  #setFollowing(value) {
    if (this.following !== value) {
      this.following = value;
      this.dispatchEvent(new Event('follow'));
    }
  }

  #measure() {
    const probe = h('span', { class: 'probe', 'aria-hidden': 'true' }, '0'.repeat(100));
    this.canvas.append(probe);
    this.#characterWidth = probe.getBoundingClientRect().width / 100;
    probe.remove();
    this.#rowHeight = parseFloat(getComputedStyle(this.viewport).getPropertyValue('--row'));
    this.#columns = Math.max(20, Math.floor((this.viewport.clientWidth - 24) / this.#characterWidth));
    this.#forget();
    this.#measureLines(0);
    this.#ask();
  }

  #measureLines(from) {
    this.#prefix = this.prefix();
    if (from === 0) {
      this.#tops = [0];
    }
    for (let i = from; i < this.#lines.length; i++) {
      const length = this.#prefix + this.#lines[i].text.length;
      if (this.#wrap) {
        this.#tops[i + 1] = this.#tops[i] + Math.max(1, Math.ceil(length / this.#columns));
      } else if (length > this.#widest) {
        this.#widest = length;
      }
    }
  }

  #top(index) {
    return (this.#wrap ? this.#tops[index] ?? 0 : index) * this.#rowHeight;
  }

  #indexAt(y) {
    const row = y / this.#rowHeight;
    if (!this.#wrap) {
      return Math.min(this.#lines.length, Math.max(0, Math.floor(row)));
    }
    let low = 0;
    let high = this.#lines.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#tops[middle + 1] <= row) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  #ask() {
    if (!this.#asked) {
      this.#asked = true;
      requestAnimationFrame(() => {
        this.#asked = false;
        this.#render();
      });
    }
  }

  #forget() {
    for (const element of this.#drawn.values()) {
      element.remove();
    }
    this.#drawn.clear();
  }

  #size() {
    this.canvas.style.height = `${this.#top(this.#lines.length)}px`;
    this.canvas.style.width = this.#wrap ? '' : `max(100%, ${Math.ceil(this.#widest * this.#characterWidth) + 24}px)`;
  }

  #render() {
    this.#size();
    if (this.following) {
      this.viewport.scrollTop = this.viewport.scrollHeight;
    }
    const first = Math.max(0, this.#indexAt(this.viewport.scrollTop) - overscan);
    const last = Math.min(this.#lines.length - 1, this.#indexAt(this.viewport.scrollTop + this.viewport.clientHeight) + overscan);
    for (const [index, element] of this.#drawn) {
      if (index < first || index > last) {
        element.remove();
        this.#drawn.delete(index);
      }
    }
    const added = document.createDocumentFragment();
    for (let index = first; index <= last; index++) {
      if (!this.#drawn.has(index)) {
        const element = this.draw(this.#lines[index], index);
        element.style.top = `${this.#top(index)}px`;
        this.#drawn.set(index, element);
        added.append(element);
      }
    }
    this.canvas.append(added);
    if (this.#wrap && this.#correct()) {
      this.#ask();
    }
  }

  /** Signs that are wider than others make a line longer than was counted. */
  #correct() {
    let isChanged = false;
    for (const [index, element] of this.#drawn) {
      const missing = Math.round(element.offsetHeight / this.#rowHeight) - (this.#tops[index + 1] - this.#tops[index]);
      if (missing !== 0) {
        isChanged = true;
        for (let i = index + 1; i < this.#tops.length; i++) {
          this.#tops[i] += missing;
        }
      }
    }
    if (isChanged) {
      for (const [index, element] of this.#drawn) {
        element.style.top = `${this.#top(index)}px`;
      }
    }
    return isChanged;
  }
}
