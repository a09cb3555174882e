/** What the badge opens: how the media of one person flows, in numbers. */
import { describePath, formatRtt } from '../call/path.js';

const explanations = {
  'direct': 'The browsers reach each other; no server sees the media.',
  'relay-udp': 'No direct path was found (or none was allowed): the relay passes the encrypted media on.',
  'relay-tcp': 'UDP does not get through here: the relay passes the encrypted media on over TCP.',
  'relay-tls': 'Only TLS gets through here: the relay passes the encrypted media on over it.',
  'relay-remote': 'The other side sends through its relay; from here the way to that relay is direct.',
};

const kinds = { host: 'own address', srflx: 'address behind NAT', prflx: 'address found on the way', relay: 'relay' };

export class PathCard {
  #card;
  #before = null;
  #now = null;

  constructor(tile) {
    const badge = tile.querySelector('.badge');
    const card = this.#card = tile.querySelector('.path-card');
    badge.popoverTargetElement = card;
    // What is shown is what was measured last, also while the card was closed.
    card.addEventListener('beforetoggle', ({ newState }) => {
      if (newState === 'open' && this.#now) this.#render();
    });
    card.addEventListener('toggle', ({ newState }) => {
      if (newState !== 'open') return;
      const { left, bottom } = badge.getBoundingClientRect();
      card.style.left = `${Math.max(12, Math.min(left, innerWidth - card.offsetWidth - 12))}px`;
      card.style.top = `${Math.min(bottom + 8, innerHeight - card.offsetHeight - 12)}px`;
    });
  }

  show(stats) {
    const at = performance.now();
    this.#before = this.#now ?? { ...stats, at: at - 1000 };
    this.#now = { ...stats, at };
    if (this.#card.matches(':popover-open')) this.#render();
  }

  #render() {
    const [stats, before] = [this.#now, this.#before];
    const seconds = (stats.at - before.at) / 1000;
    const rows = [
      ['Round trip', stats.rtt === null ? 'not measured yet' : formatRtt(stats.rtt)],
      ['From here', endpoint(stats.local)],
      ['To there', endpoint(stats.remote)],
      ['Relay', stats.local?.candidateType === 'relay' ? stats.local.url || stats.local.relayProtocol : null],
      ['Receiving', rate(stats.received - before.received, seconds)],
      ['Sending', rate(stats.sent - before.sent, seconds)],
      ['Picture', stats.video?.frameWidth ? `${stats.video.frameWidth} × ${stats.video.frameHeight}, ${Math.round(stats.video.framesPerSecond ?? 0)} per second` : null],
      ['Packets lost', stats.video ? String(Math.max(0, stats.video.packetsLost ?? 0)) : null],
    ];
    this.#card.querySelector('h2').textContent = describePath(stats.path);
    this.#card.querySelector('p').textContent = explanations[stats.path] ?? 'The browsers are still looking for a path.';
    this.#card.querySelector('dl').replaceChildren(...rows.filter(([, value]) => value).flatMap(([name, value]) => [text('dt', name), text('dd', value)]));
  }
}

function endpoint(candidate) {
  if (!candidate) return null;
  const address = candidate.address ?? candidate.ip;
  const kind = kinds[candidate.candidateType] ?? candidate.candidateType;
  return address ? `${kind} ${address.includes(':') ? `[${address}]` : address}:${candidate.port}` : kind;
}

function rate(bytes, seconds) {
  return `${Math.max(0, Math.round(bytes * 8 / seconds / 1000)).toLocaleString('en')} kbit/s`;
}

function text(tag, content) {
  const element = document.createElement(tag);
  element.textContent = content;
  return element;
}
