// Keeps a list of elements equal to a list of things: what is unchanged stays the same element, and whoever is in one with the
// keyboard or a screen reader stays there.

const drawn = new WeakMap();

/**
 * @template T
 * @param {HTMLElement} list
 * @param {T[]} items
 * @param {{ id: (item: T) => string, state: (item: T) => unknown, draw: (item: T) => HTMLElement, fallback: HTMLElement }} how
 *   `id` of the element; `state` by which a change is seen; `draw` makes the element; `fallback` is where the focus goes when its element goes.
 */
export function keep(list, items, { id, state, draw, fallback }) {
  const focused = list.contains(document.activeElement) ? document.activeElement : null;
  const place = focused && { element: focused.closest('[id]')?.id, control: focused.dataset.control };
  const before = new Map([...list.children].map(element => [element.id, element]));
  const after = items.map(item => {
    const [key, text] = [id(item), JSON.stringify(state(item))];
    const old = before.get(key);
    if (old && drawn.get(old) === text) {
      return old;
    }
    const element = draw(item);
    element.id = key;
    drawn.set(element, text);
    return element;
  });
  if (after.length !== list.children.length || after.some((element, i) => element !== list.children[i])) {
    // One by one: an element that is moved loses the focus, and one that stays does not.
    const wanted = new Set(after);
    [...list.children].forEach(element => wanted.has(element) || element.remove());
    after.forEach((element, i) => element === list.children[i] || list.insertBefore(element, list.children[i] ?? null));
  }
  if (place && !list.contains(document.activeElement)) {
    const element = document.getElementById(place.element);
    (element?.querySelector(`[data-control="${place.control}"]`) ?? fallback).focus();
  }
}
