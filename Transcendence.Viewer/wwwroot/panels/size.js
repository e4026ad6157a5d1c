// Sizes without asking the layout: the browser tells them, all at once, after it has laid out.

/**
 * @param {HTMLElement} element
 * @param {(size: { width: number, height: number }) => void} changed Called after the first size.
 * @returns {{ known: Promise<void>, current: { width: number, height: number }, stop(): void }}
 */
export function whenSized(element, changed) {
  const size = { current: { width: 0, height: 0 }, known: null, stop: () => observer.disconnect() };
  let resolve;
  size.known = new Promise(done => { resolve = done; });
  const observer = new ResizeObserver(([{ contentRect }]) => {
    const [width, height] = [Math.floor(contentRect.width), Math.floor(contentRect.height)];
    if (width === size.current.width && height === size.current.height) {
      return;
    }
    size.current = { width, height };
    if (width === 0 || height === 0) {
      return;
    }
    if (resolve) {
      resolve();
      resolve = null;
    } else {
      changed(size.current);
    }
  });
  observer.observe(element);
  return size;
}
