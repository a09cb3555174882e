/** Buttons that copy a link and confirm it. */
import { announce, toast } from './notices.js';
import { setIcon } from './dom.js';

/** @param {() => string} text */
export function copies(button, text) {
  const label = button.querySelector('span');
  const before = label?.textContent;
  let timer = 0;
  button.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(text());
    } catch {
      return toast(`This browser doesn’t allow copying. The link is ${text()}`);
    }
    const iconBefore = button.dataset.icon ??= button.querySelector('use').getAttribute('href').split('#')[1];
    setIcon(button, 'check');
    if (label) label.textContent = 'Copied';
    announce('Link copied');
    clearTimeout(timer);
    timer = setTimeout(() => {
      setIcon(button, iconBefore);
      if (label) label.textContent = before;
    }, 2_000);
  });
}
