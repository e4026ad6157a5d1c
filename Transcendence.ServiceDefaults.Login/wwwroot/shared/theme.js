// Dark or light: what was chosen here before, else what the system says. A classic script in <head>, so that the page is
// never painted in the other one first.
(() => {
  const key = 'theme';
  const system = matchMedia('(prefers-color-scheme: dark)');

  const chosen = () => {
    const asked = new URLSearchParams(location.search).get(key);
    if (asked === 'dark' || asked === 'light') {
      return asked;
    }
    try {
      return localStorage.getItem(key);
    } catch {
      return null; // The browser may forbid storage; then the choice lasts as long as the page.
    }
  };

  const apply = theme => {
    const root = document.documentElement;
    if (root.dataset.theme === theme) {
      return;
    }
    root.dataset.theme = theme;
    dispatchEvent(new CustomEvent('themechange', { detail: theme }));
  };

  const fromSystem = () => (system.matches ? 'dark' : 'light');
  apply(chosen() ?? fromSystem());
  system.addEventListener('change', () => apply(chosen() ?? fromSystem()));

  // Another tab of ours.
  addEventListener('storage', event => event.key === key && apply(event.newValue ?? fromSystem()));

  // Any button with data-theme-toggle, also one that is added later.
  addEventListener('click', event => {
    if (!event.target.closest?.('[data-theme-toggle]')) {
      return;
    }
    const theme = document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark';
    try {
      localStorage.setItem(key, theme);
    } catch {
      // See above.
    }
    apply(theme);
  });
})();
