/**
 * Single-key shortcuts of the call, listed in the help. They are inactive while the person types, and can be turned off (WCAG 2.1.4).
 */
import { remember, remembered } from '../preferences.js';
import { byId } from './dom.js';

const shortcuts = [
  { key: 'm', does: 'Turn the microphone on or off', button: 'toggle-microphone' },
  { key: 'v', does: 'Turn the camera on or off', button: 'toggle-camera' },
  { key: 's', does: 'Start or stop screen sharing', button: 'toggle-screen' },
  { key: 'c', does: 'Open or close the chat', button: 'toggle-chat' },
  { key: 'f', does: 'Send a file', button: 'attach' },
  { key: 'l', does: 'Copy the room link', button: 'copy-link' },
];

export function startShortcuts() {
  const help = byId('help');
  const on = byId('shortcuts-on');
  on.checked = remembered('shortcuts') !== 'off';
  on.addEventListener('change', () => remember('shortcuts', on.checked ? '' : 'off'));
  byId('help-open').addEventListener('click', () => help.showModal());
  const always = [{ key: '?', does: 'Show this list' }, { key: 'Esc', does: 'Close a dialog or the chat' }];
  for (const { key, does } of [...shortcuts, ...always]) list(key, does);

  addEventListener('keydown', event => {
    if (!on.checked || event.ctrlKey || event.metaKey || event.altKey || event.repeat || isTyping(event.target)) return;
    if (document.querySelector('dialog[open]')) return;
    if (event.key === '?') return help.showModal();
    if (document.body.dataset.screen !== 'call') return;
    const shortcut = shortcuts.find(({ key }) => key === event.key.toLowerCase());
    if (!shortcut) return;
    event.preventDefault();
    byId(shortcut.button).click();
  });
}

function list(key, does) {
  const term = document.createElement('dt');
  const keyboard = document.createElement('kbd');
  const meaning = document.createElement('dd');
  keyboard.textContent = key === '?' || key === 'Esc' ? key : key.toUpperCase();
  meaning.textContent = does;
  term.append(keyboard);
  byId('help-keys').append(term, meaning);
}

function isTyping(element) {
  return element.matches?.('input:not([type="checkbox"]), textarea, select, [contenteditable]');
}
