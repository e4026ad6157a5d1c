// Elements without innerHTML: text stays text, whatever is in it.

const svgNamespace = 'http://www.w3.org/2000/svg';

/**
 * Makes an element.
 * @param {string} tag Its name, for example `div`.
 * @param {Record<string, unknown> | null} [properties] `class`; `dataset`, an object; `on…` listeners, for example `onclick`; `aria-*` and
 *   everything else as attributes: `true` is an empty one, `false`, `null` and `undefined` are left out.
 * @param {...unknown} children Nodes and texts; arrays of them; `null`, `undefined` and `false` are left out.
 * @returns {HTMLElement}
 */
export function h(tag, properties, ...children) {
  return fill(document.createElement(tag), properties, children);
}

/**
 * Makes an element of an SVG picture.
 * @param {string} tag
 * @param {Record<string, unknown> | null} [properties] As of `h`.
 * @param {...unknown} children As of `h`.
 * @returns {SVGElement}
 */
export function svg(tag, properties, ...children) {
  return fill(document.createElementNS(svgNamespace, tag), properties, children);
}

function fill(element, properties, children) {
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (value === null || value === undefined || value === false) {
      continue;
    }
    if (name === 'dataset') {
      Object.assign(element.dataset, value);
    } else if (name.startsWith('on') && typeof value === 'function') {
      element.addEventListener(name.slice(2), value);
    } else if (name === 'value' || name === 'checked' || name === 'selected') {
      element[name] = value;
    } else {
      element.setAttribute(name, value === true && !name.startsWith('aria-') ? '' : String(value));
    }
  }
  element.append(...children.flat(Infinity).filter(child => child !== null && child !== undefined && child !== false));
  return element;
}

const timeFormat = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
const dateTimeFormat = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'medium' });

/**
 * A moment as text in the reader's time zone: the time, and the date too when it is not today's.
 * @param {Date | string | number} time
 * @returns {string}
 */
export function formatTime(time) {
  const date = new Date(time);
  return (date.toDateString() === new Date().toDateString() ? timeFormat : dateTimeFormat).format(date);
}

/**
 * A span of time as text, to two units: `45 s`, `3 min 20 s`, `2 h 5 min`, `4 d 1 h`.
 * @param {number} seconds
 * @returns {string}
 */
export function formatDuration(seconds) {
  const units = [['d', 86400], ['h', 3600], ['min', 60], ['s', 1]];
  const whole = Math.max(0, Math.round(seconds));
  const first = units.findIndex(([, size]) => whole >= size);
  if (first < 0) {
    return '0 s';
  }
  let rest = whole;
  const parts = [];
  for (const [unit, size] of units.slice(first, first + 2)) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) {
      parts.push(`${count} ${unit}`);
    }
  }
  return parts.join(' ');
}
