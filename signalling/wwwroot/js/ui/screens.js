/** One screen at a time; the focus moves to its heading, so that a screen reader announces it. */
import { byId } from './dom.js';

const screens = ['start', 'lobby', 'call', 'over'];

export function showScreen(name) {
  document.body.dataset.screen = name;
  for (const screen of screens) byId(screen).hidden = screen !== name;
  (byId(name).querySelector('h1') ?? byId('main')).focus({ preventScroll: true });
}

/** The screen after a call, or instead of one. */
export function showOver({ title, text, action, onAction }) {
  byId('over-title').textContent = title;
  byId('over-text').textContent = text;
  const again = byId('over-again');
  again.textContent = action ?? '';
  again.hidden = !action;
  again.onclick = onAction;
  document.title = `${title} · Causeway`;
  showScreen('over');
}
