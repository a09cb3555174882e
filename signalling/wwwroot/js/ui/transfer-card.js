/** A file transfer in the chat: the file, the progress and the actions. */
import { formatSize, splitName } from '../files/names.js';
import { button, clone } from './dom.js';
import { announce } from './notices.js';

/** @param {string} other the other person's name */
export function transferCard(transfer, other) {
  const element = clone('transfer-template');
  const progress = element.querySelector('progress');
  let url = '';
  let shown = '';
  element.querySelector('.transfer-name').replaceChildren(...Object.values(splitName(transfer.name)).map(isolated));
  element.setAttribute('aria-label', `File ${transfer.name}`);
  element.tabIndex = -1;
  progress.setAttribute('aria-label', `Progress of ${transfer.name}`);
  element.dataset.direction = transfer.incoming ? 'in' : 'out';
  transfer.on('changed', render);
  render();
  return element;

  function render() {
    const { state, size, moved } = transfer;
    element.dataset.state = state;
    element.dataset.sha256 = transfer.sha256;
    element.querySelector('.transfer-state').textContent = words(transfer, other);
    progress.hidden = state !== 'moving' && state !== 'checking';
    progress.value = size === 0 ? 1 : moved / size;
    if (state === shown) return;
    shown = state;
    const row = element.querySelector('.button-row');
    const focused = row.contains(document.activeElement);
    row.replaceChildren(...actions());
    // The pressed button is gone; the focus stays in the card.
    if (focused) (row.querySelector('button') ?? element).focus();
    if (transfer.over) announce(`${transfer.name}: ${words(transfer, other)}`);
    if (state === 'done' && transfer.incoming) save();
  }

  function actions() {
    const { state, incoming } = transfer;
    if (state === 'offered') return [button('Accept', () => transfer.accept(), 'primary'), button('Decline', () => transfer.decline())];
    if (state === 'done' && incoming) return [button('Save again', save), button('Remove', forget)];
    return transfer.over ? [] : [button('Cancel', () => transfer.cancel())];
  }

  function save() {
    url ||= URL.createObjectURL(transfer.file);
    const link = document.createElement('a');
    link.href = url;
    link.download = transfer.name;
    link.click();
  }

  function forget() {
    URL.revokeObjectURL(url);
    transfer.discard();
    element.remove();
  }
}

/** Bidirectional isolation: the neighbours don't change the text's order. */
function isolated(text) {
  return Object.assign(document.createElement('bdi'), { textContent: text });
}

function words({ state, incoming, size, moved, why }, other) {
  const whole = formatSize(size);
  switch (state) {
    case 'offered': return `${whole} · ${other} wants to send you this file`;
    case 'waiting': return `${whole} · waiting for ${other} to accept`;
    case 'moving': return `${formatSize(moved)} of ${whole} · ${incoming ? 'from' : 'to'} ${other}`;
    case 'checking': return `${whole} · verifying`;
    case 'done': return `${whole} · ${incoming ? `from ${other}, verified` : `delivered to ${other}, verified`}`;
    case 'declined': return incoming ? 'Declined' : `${other} declined${why ? `: ${why}` : ''}`;
    case 'cancelled': return why || 'Cancelled';
    default: return why;
  }
}
