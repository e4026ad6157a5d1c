// The bar above the panels: time range, refresh, variables.

import { h } from './shared/dom.js';
import { popover } from './popover.js';
import { describeRange, describeTime, formatLocal, parseRefresh, quickRanges, refreshIntervals, resolveRange } from './timerange.js';
import { all } from './variables.js';

/** @typedef {{ element: HTMLElement, show(): void }} Picker */

/** @param {import('./dashboard.js').Page} page @returns {Picker} */
export function rangePicker(page) {
  const label = h('span');
  const picker = popover(label, null, () => content(), 'range-button');
  const button = picker.querySelector('button');
  const close = () => picker.querySelector('.popover').hidePopover();

  function content() {
    const { range, raw } = page;
    const problem = h('p', { class: 'problem', role: 'alert' });
    const input = (name, value) => h('input', { name, value, autocomplete: 'off', spellcheck: 'false' });
    const from = input('from', describeTime(raw.from));
    const to = input('to', describeTime(raw.to));
    const toRaw = text => (/^\d{4}-/.test(text.trim()) ? String(Date.parse(text.trim().replace(' ', 'T'))) : text.trim());
    return [
      h('form', { class: 'range-form', onsubmit: event => {
        event.preventDefault();
        const wanted = { from: toRaw(from.value), to: toRaw(to.value) };
        if (resolveRange(wanted, Date.now())) {
          page.setRange(wanted);
          close();
        } else {
          problem.textContent = 'Write times as 2026-11-22 18:30:00 or now-6h, the start before the end.';
        }
      } },
      h('strong', null, 'Absolute time range'),
      h('label', null, 'From', from), h('label', null, 'To', to), problem,
      h('p', { class: 'muted' }, `${formatLocal(range.from)} to ${formatLocal(range.to)}, ${Intl.DateTimeFormat().resolvedOptions().timeZone}`),
      h('button', { class: 'primary' }, 'Apply time range')),
      h('div', { class: 'quick-ranges' }, quickRanges.map(quick => h('button', {
        type: 'button', class: 'plain', 'aria-pressed': String(quick.from === raw.from && quick.to === raw.to),
        onclick: () => { page.setRange({ from: quick.from, to: quick.to }); close(); },
      }, quick.label))),
    ];
  }

  const icon = (face, name, action) => h('button', { type: 'button', class: 'icon', 'aria-label': name, title: name, onclick: action }, face);
  return {
    element: h('div', { class: 'group', role: 'group', 'aria-label': 'Time range' },
      icon('‹', 'Earlier', () => page.shift(-1)), picker, icon('›', 'Later', () => page.shift(1)), icon('−', 'Zoom out', () => page.zoomOut())),
    show() {
      label.textContent = describeRange(page.raw);
      const title = page.range ? `${formatLocal(page.range.from)} to ${formatLocal(page.range.to)}` : '';
      button.title = title;
      button.setAttribute('aria-label', `Time range: ${label.textContent}`);
    },
  };
}

/** @param {import('./dashboard.js').Page} page @returns {Picker} */
export function refreshPicker(page) {
  const select = h('select', { 'aria-label': 'Refresh every', title: 'Refresh every', onchange: () => page.setInterval(select.value) });
  const offered = (page.dashboard.timepicker?.refresh_intervals ?? refreshIntervals).filter(parseRefresh);
  return {
    element: h('div', { class: 'group', role: 'group', 'aria-label': 'Refresh' },
      h('button', { type: 'button', class: 'refresh', title: 'Refresh now', 'aria-label': 'Refresh now', onclick: () => page.refresh() }, '⟳'), select),
    show() {
      const values = [...new Set(['', ...offered, page.interval])];
      if (select.options.length !== values.length) {
        select.replaceChildren(...values.map(value => h('option', { value }, value || 'Off')));
      }
      select.value = page.interval;
    },
  };
}

/** @param {import('./dashboard.js').Page} page @returns {Picker} */
export function variablePickers(page) {
  const element = h('div', { class: 'variables' });
  let shown = '';
  return {
    element,
    show() {
      const state = JSON.stringify(page.variables.list.map(({ name, options, selected, error }) => [name, options, selected, error]));
      if (state === shown) {
        return; // So that an open list stays open.
      }
      shown = state;
      const focused = element.contains(document.activeElement) ? document.activeElement.dataset.key : null;
      element.replaceChildren(...page.variables.list.filter(({ hidden }) => !hidden).map(variable => {
        const id = `var-${variable.name}`;
        const picker = variable.type === 'textbox' ? textPicker(page, variable, id) : variable.multi ? manyPicker(page, variable, id) : onePicker(page, variable, id);
        const label = variable.definition.hide === 1 ? h('span', { class: 'visually-hidden' }, variable.label) : variable.label;
        return h('div', { class: 'variable', dataset: { variable: variable.name } },
          h(variable.multi ? 'span' : 'label', { for: variable.multi ? undefined : id, id: `${id}-label`, title: variable.description || undefined }, label), picker,
          variable.error ? h('span', { class: 'problem', role: 'alert' }, variable.error) : null);
      }));
      if (focused) {
        element.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
      }
    },
  };
}

function onePicker(page, { name, options, selected, includeAll }, id) {
  const missing = selected.filter(value => value !== all && !options.some(o => o.value === value)).map(value => ({ text: value, value }));
  const offered = [...(includeAll ? [{ text: 'All', value: all }] : []), ...missing, ...options];
  const select = h('select', { id, dataset: { key: id }, onchange: () => page.setVariable(name, [select.value]) },
    offered.length ? offered.map(({ text, value }) => h('option', { value }, text)) : h('option', { value: '' }, 'None'));
  select.value = selected[0] ?? '';
  return select;
}

function textPicker(page, { name, selected }, id) {
  return h('input', { id, dataset: { key: id }, value: selected[0] ?? '', onchange: event => page.setVariable(name, [event.target.value]) });
}

function manyPicker(page, variable, id) {
  const { name, label, options, selected, includeAll } = variable;
  const texts = selected.map(value => (value === all ? 'All' : options.find(o => o.value === value)?.text ?? value));
  const face = h('span', { class: 'many' }, texts.join(' + ') || 'None');
  const picker = popover(face, null, () => {
    const chosen = new Set(selected);
    const boxes = new Map();
    const apply = () => page.setVariable(name, chosen.size ? [...chosen] : includeAll ? [all] : options.slice(0, 1).map(({ value }) => value));
    const box = (text, value) => {
      const input = h('input', { type: 'checkbox', checked: chosen.has(value), onchange: () => {
        if (value === all) {
          chosen.clear();
          chosen.add(all);
        } else {
          chosen.delete(all);
          input.checked ? chosen.add(value) : chosen.delete(value);
        }
        boxes.forEach((other, key) => { other.checked = chosen.has(key); });
      } });
      boxes.set(value, input);
      return h('label', null, input, text);
    };
    picker.querySelector('.popover').addEventListener('toggle', ({ newState }) => {
      if (newState === 'closed' && JSON.stringify([...chosen]) !== JSON.stringify(selected)) {
        apply();
      }
    }, { once: false });
    const search = h('input', { type: 'search', placeholder: 'Search', 'aria-label': `Search ${label}`, oninput: () => {
      list.querySelectorAll('label').forEach(entry => { entry.hidden = !entry.textContent.toLowerCase().includes(search.value.toLowerCase()); });
    } });
    const list = h('div', { class: 'choices', role: 'group', 'aria-label': label }, includeAll ? box('All', all) : null,
      [...selected.filter(value => value !== all && !options.some(o => o.value === value)).map(value => ({ text: value, value })), ...options].map(({ text, value }) => box(text, value)));
    return [options.length > 8 ? search : '', list, h('button', { type: 'button', class: 'primary small', onclick: () => picker.querySelector('.popover').hidePopover() }, 'Apply')].filter(Boolean);
  }, 'many-button');
  const button = picker.querySelector('button');
  button.id = id;
  button.dataset.key = id;
  button.setAttribute('aria-label', `${label}: ${texts.join(', ')}`);
  return picker;
}
