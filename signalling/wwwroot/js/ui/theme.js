/** Light, dark, or the system's theme; early.js applies the stored choice before the first paint. */
import { remember, remembered } from '../preferences.js';
import { byId, setIcon } from './dom.js';

const next = { '': 'light', light: 'dark', dark: '' };
const words = { '': 'system', light: 'light', dark: 'dark' };
const icons = { '': 'system', light: 'sun', dark: 'moon' };

export function startTheme() {
  const button = byId('theme');
  button.addEventListener('click', () => apply(next[current()] ?? ''));
  apply(current());

  function apply(theme) {
    remember('theme', theme);
    if (theme) document.documentElement.dataset.theme = theme;
    else delete document.documentElement.dataset.theme;
    setIcon(button, icons[theme]);
    button.setAttribute('aria-label', `Theme: ${words[theme]}. Change theme`);
    button.title = `Theme: ${words[theme]}`;
  }
}

function current() {
  const theme = remembered('theme');
  return theme in next ? theme : '';
}
