/** What the page tells without being asked: toasts (seen and spoken), announcements (spoken), and the banner of a lasting trouble. */
import { byId, icon } from './dom.js';

const maxToasts = 3;
const toastLife = 9_000;
let lifted = null;

export function toast(text) {
  const element = document.createElement('div');
  const words = document.createElement('p');
  const close = document.createElement('button');
  element.className = 'toast';
  words.textContent = text;
  close.type = 'button';
  close.className = 'plain square';
  close.setAttribute('aria-label', 'Dismiss');
  close.append(icon('close'));
  close.addEventListener('click', () => element.remove());
  element.append(words, close);
  const toasts = byId('toasts');
  toasts.append(element);
  while (toasts.childElementCount > maxToasts) toasts.firstElementChild.remove();
  setTimeout(() => element.remove(), toastLife);
}

export function announce(text) {
  byId('announcer').textContent = text;
}

/** Shows a trouble until it is cleared with an empty text. */
export function banner(text) {
  clearTimeout(lifted);
  byId('banner-text').textContent = text;
  byId('banner').hidden = text === '';
}

/** Good news in the place of the trouble, gone after a while. */
export function bannerLifts(text) {
  if (byId('banner').hidden) return;
  banner(text);
  lifted = setTimeout(() => banner(''), 2_500);
}
