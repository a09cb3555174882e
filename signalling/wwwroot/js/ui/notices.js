/**
 * Messages of the page: toasts (problems), notices (events of the call), announcements (screen readers only), and the banner for a problem
 * that lasts.
 */
import { button, byId, icon } from './dom.js';

const maxToasts = 3;
const toastLife = 9_000;
const maxNotices = 3;
const noticeLife = 6_000;
/** A notice with a button stays longer. */
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
 * Shows an event briefly, also to screen readers; never moves the focus.
 * @param {{action: string, onAction: () => void, stays?: boolean}=} offer a button; with `stays` the notice doesn't expire
 * @returns {() => void} removes the notice
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

/** Removes all notices. */
export function clearNotices() {
  byId('notices').replaceChildren();
}

export function announce(text) {
  byId('announcer').textContent = text;
}

/** Shows a problem until it is cleared with an empty text. */
export function banner(text) {
  clearTimeout(lifted);
  if (byId('banner-text').textContent === text && byId('banner').hidden === (text === '')) return; // Screen readers read each text once.
  byId('banner-text').textContent = text;
  byId('banner').hidden = text === '';
}

/** Replaces the problem by good news, which disappears after a while. */
export function bannerLifts(text) {
  if (byId('banner').hidden) return;
  banner(text);
  lifted = setTimeout(() => banner(''), 2_500);
}
