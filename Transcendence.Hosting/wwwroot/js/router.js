// Which view the address names.

const navigated = new EventTarget();

/** Goes to another view without leaving the page. */
export function go(path) {
  if (path !== location.pathname + location.search) {
    history.pushState(null, '', path);
  }
  navigated.dispatchEvent(new Event('navigate'));
}

/**
 * Calls at each change of the address, and at once.
 * @param {(path: string[]) => void} render Gets the parts of the path, decoded.
 */
export function onNavigate(render) {
  const handle = () => render(location.pathname.split('/').filter(part => part !== '').map(decode));
  navigated.addEventListener('navigate', handle);
  addEventListener('popstate', handle);
  addEventListener('click', event => {
    const link = event.target.closest?.('a[href]');
    // SVG links have an object as their address.
    const target = link && (link.getAttribute('target') ?? '');
    if (!link || event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || target === '_blank' || link.hasAttribute('download')) {
      return;
    }
    const url = new URL(link.getAttribute('href'), location.href);
    if (url.origin === location.origin && !url.pathname.startsWith('/api/') && url.hash === '') {
      event.preventDefault();
      go(url.pathname + url.search);
    }
  });
  handle();
}

function decode(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
