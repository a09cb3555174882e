// Runs before the first paint (a plain script in the head), so that a page in the chosen theme never flashes in the other one.
(() => {
  try {
    const theme = localStorage.getItem('causeway.theme');
    if (theme === 'dark' || theme === 'light') document.documentElement.dataset.theme = theme;
  } catch {
    // Storage is refused in some private modes; the system's choice stands.
  }
})();
