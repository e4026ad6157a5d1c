// What the page says to its reader by itself: messages, questions, menus.

import { h } from '/public/shared/dom.js';
import { icon } from './icons.js';

/**
 * Says something at the edge of the page. A failure stays until it is closed.
 * @param {string} text
 * @param {'ok' | 'critical'} tone
 */
export function say(text, tone = 'ok') {
  const close = () => {
    toast.remove();
  };
  const toast = h('div', { class: `toast ${tone}`, role: tone === 'critical' ? 'alert' : 'status' },
    icon(tone === 'critical' ? 'Bad' : 'Good'),
    h('p', null, text),
    h('button', { class: 'plain small', type: 'button', 'aria-label': 'Close the message', onclick: close }, icon('Close')));
  document.getElementById('toasts').append(toast);
  if (tone !== 'critical') {
    setTimeout(close, 6000);
  }
}

/**
 * Asks a question.
 * @returns {Promise<boolean>} Whether the answer is yes.
 */
export function confirm(title, question, yes) {
  return new Promise(resolve => {
    const dialog = h('dialog', { class: 'question', 'aria-labelledby': 'question-title', 'aria-describedby': 'question-text' },
      h('form', { method: 'dialog' },
        h('h2', { id: 'question-title' }, title),
        h('p', { id: 'question-text' }, question),
        h('div', { class: 'answers' },
          h('button', { value: 'no', autofocus: true }, 'Cancel'),
          h('button', { value: 'yes', class: 'primary' }, yes))));
    show(dialog);
    dialog.addEventListener('close', () => resolve(dialog.returnValue === 'yes'));
  });
}

/** Opens a dialog that is there only as long as it is open. */
export function show(dialog) {
  document.body.append(dialog);
  dialog.addEventListener('close', () => dialog.remove());
  dialog.addEventListener('click', event => event.target === dialog && dialog.close('no'));
  dialog.showModal();
}

/**
 * Opens a menu below a button.
 * @param {HTMLElement} button
 * @param {{ text: string, icon: SVGElement, disabled?: boolean, title?: string, run: () => void }[]} items
 */
export function openMenu(button, items) {
  const close = focus => {
    menu.remove();
    button.setAttribute('aria-expanded', 'false');
    removeEventListener('pointerdown', outside, true);
    removeEventListener('scroll', outside, true);
    removeEventListener('resize', outside);
    if (focus) {
      // The row may have been drawn anew meanwhile.
      (button.isConnected ? button : document.querySelector(`[data-focus="${CSS.escape(button.dataset.focus ?? '')}"]`))?.focus();
    }
  };
  const outside = event => event.type === 'pointerdown' && menu.contains(event.target) ? undefined : close(false);
  const entries = items.map(item => h('button', {
    class: 'plain', role: 'menuitem', type: 'button', tabindex: '-1', title: item.title,
    'aria-disabled': item.disabled ? 'true' : null,
    onclick: () => {
      if (!item.disabled) {
        close(true);
        item.run();
      }
    },
  }, item.icon, item.text));
  const menu = h('div', {
    class: 'menu', role: 'menu', 'aria-label': button.getAttribute('aria-label'),
    onkeydown: event => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step) {
        entries[(entries.indexOf(document.activeElement) + step + entries.length) % entries.length].focus();
      } else if (event.key === 'Home' || event.key === 'End') {
        entries.at(event.key === 'Home' ? 0 : -1).focus();
      } else if (event.key === 'Escape' || event.key === 'Tab') {
        close(true);
      } else {
        return;
      }
      event.preventDefault();
      event.stopPropagation();
    },
  }, entries);
  document.body.append(menu);
  button.setAttribute('aria-expanded', 'true');
  const at = button.getBoundingClientRect();
  const size = menu.getBoundingClientRect();
  menu.style.left = `${Math.max(8, Math.min(at.right - size.width, innerWidth - size.width - 8))}px`;
  menu.style.top = `${at.bottom + size.height + 8 > innerHeight ? Math.max(8, at.top - size.height - 4) : at.bottom + 4}px`;
  addEventListener('pointerdown', outside, true);
  addEventListener('scroll', outside, true);
  addEventListener('resize', outside);
  entries[0]?.focus();
}
