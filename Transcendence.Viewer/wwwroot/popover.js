// A button that opens a box beside itself: closed by Escape, by a click elsewhere, by the button.

import { h } from './shared/dom.js';

let count = 0;

/**
 * @param {string | Node | Array<string | Node>} face What is on the button.
 * @param {string | null} label What a screen reader says instead.
 * @param {() => Node | Array<Node | string>} content Made when it is opened.
 * @param {string} [className] Of the button.
 * @returns {HTMLElement} The button and its box.
 */
export function popover(face, label, content, className = '') {
  const id = `popover-${++count}`;
  const box = h('div', { id, class: 'popover', popover: 'auto' });
  const button = h('button', { type: 'button', class: className, 'aria-label': label, title: label, 'aria-expanded': 'false', popovertarget: id, dataset: { key: `${className}-${label}` } }, face);
  box.addEventListener('beforetoggle', ({ newState }) => {
    button.setAttribute('aria-expanded', String(newState === 'open'));
    if (newState === 'open') {
      box.replaceChildren(...[content()].flat());
    }
  });
  box.addEventListener('toggle', ({ newState }) => {
    if (newState !== 'open') {
      return;
    }
    const { left, right, bottom, top } = button.getBoundingClientRect();
    const { offsetWidth, offsetHeight } = box;
    box.style.left = `${Math.max(8, Math.min(innerWidth - offsetWidth - 8, left + offsetWidth > innerWidth - 8 ? right - offsetWidth : left))}px`;
    box.style.top = `${bottom + 4 + offsetHeight <= innerHeight || top < offsetHeight ? bottom + 4 : top - offsetHeight - 4}px`;
  });
  return h('span', { class: 'popover-anchor' }, button, box);
}
