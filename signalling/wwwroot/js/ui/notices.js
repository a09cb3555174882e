/**
 * What the page tells without being asked: toasts (trouble), notices (what happens), announcements (spoken only), and the banner of a
 * lasting trouble.
 */
import { button, byId, icon } from './dom.js';

const maxToasts = 3;
const toastLife = 9_000;
const maxNotices = 3;
const noticeLife = 6_000;
/** Something to answer stays longer. */
const requestLife = 20_000;
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

/**
 * Tells shortly what happened, to eyes and screen readers alike; never moves the focus.
 * @param {{action: string, onAction: () => void, stays?: boolean}=} offer a button with what one can do about it; one that stays has no end
 * @returns {() => void} takes it away
 */
export function notice(text, offer) {
  const element = document.createElement('div');
  const words = document.createElement('p');
  element.className = 'notice';
  words.textContent = text;
  element.append(words);
  if (offer) {
    element.append(button(offer.action, () => {
      element.remove();
      offer.onAction();
    }));
  }
  const notices = byId('notices');
  notices.append(element);
  while (notices.childElementCount > maxNotices) notices.firstElementChild.remove();
  if (!offer?.stays) setTimeout(() => element.remove(), offer ? requestLife : noticeLife);
  return () => element.remove();
}

/** Takes all notices away. */
export function clearNotices() {
  byId('notices').replaceChildren();
}

export function announce(text) {
  byId('announcer').textContent = text;
}

/** Shows a trouble until it is cleared with an empty text. */
export function banner(text) {
  clearTimeout(lifted);
  if (byId('banner-text').textContent === text && byId('banner').hidden === (text === '')) return; // It is not said twice.
  byId('banner-text').textContent = text;
  byId('banner').hidden = text === '';
}

/** Good news in the place of the trouble, gone after a while. */
export function bannerLifts(text) {
  if (byId('banner').hidden) return;
  banner(text);
  lifted = setTimeout(() => banner(''), 2_500);
}
