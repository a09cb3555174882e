/** What the badge opens: how the media of one person flows, in numbers. */
import { explainAttempt, listAttempt } from '../call/attempt.js';
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
  #state = null;

  constructor(tile) {
    const badge = tile.querySelector('.badge');
    const card = this.#card = tile.querySelector('.path-card');
    badge.popoverTargetElement = card;
    // What is shown is what is known last, also of the time while the card was closed.
    card.addEventListener('beforetoggle', ({ newState }) => {
      if (newState === 'open') this.#render();
    });
    card.addEventListener('toggle', ({ newState }) => {
      if (newState !== 'open') return;
      const { left, bottom } = badge.getBoundingClientRect();
      card.style.left = `${Math.max(12, Math.min(left, innerWidth - card.offsetWidth - 12))}px`;
      card.style.top = `${Math.max(12, Math.min(bottom + 8, innerHeight - card.offsetHeight - 12))}px`;
    });
  }

  /** @param {?object} stats of a path, as `readStats` gives them; null while there is none */
  measured(stats) {
    if (!stats || stats === this.#now?.stats) return;
    const at = performance.now();
    this.#before = this.#now ?? { stats, at: at - 1000 };
    this.#now = { stats, at };
  }

  /** @param {{badge: string, stuck: boolean}} state what the badge says, and whether no path is found */
  show(member, { badge, stuck }) {
    this.#state = { member, badge, stuck };
    if (this.#card.matches(':popover-open')) this.#render();
  }

  #render() {
    const { member, badge, stuck } = this.#state;
    const flows = member.isFlowing && this.#now;
    const { attempt, quality } = member;
    this.#card.querySelector('h2').textContent = flows ? describePath(this.#now.stats.path) : badge;
    this.#card.querySelector('p').textContent = flows ? explanations[this.#now.stats.path]
      : stuck && attempt ? Object.values(explainAttempt(attempt, member.name)).join(' ')
      : 'The browsers are looking for a path.';
    const rows = flows ? this.#measurements(quality) : attempt ? listAttempt(attempt) : [['Tried', 'nothing yet']];
    const known = rows.filter(([, value]) => value);
    this.#card.querySelector('dl').replaceChildren(...known.flatMap(([name, value]) => [text('dt', name), text('dd', value)]));
  }

  #measurements({ level, words }) {
    const { stats } = this.#now, before = this.#before.stats;
    const seconds = (this.#now.at - this.#before.at) / 1000;
    return [
      ['Quality', words.length > 0 ? `${level}: ${words.join(', ')}` : level],
      ['Round trip', stats.rtt === null ? 'not measured yet' : formatRtt(stats.rtt)],
      ['From here', endpoint(stats.local)],
      ['To there', endpoint(stats.remote)],
      ['Relay', stats.local?.candidateType === 'relay' ? stats.local.url || stats.local.relayProtocol : null],
      ['Receiving', rate(stats.bytes.received - before.bytes.received, seconds)],
      ['Sending', rate(stats.bytes.sent - before.bytes.sent, seconds)],
      ['Picture', stats.video?.frameWidth ? `${stats.video.frameWidth} × ${stats.video.frameHeight}, ${Math.round(stats.video.framesPerSecond ?? 0)} per second` : null],
      ['Packets lost', stats.received.packets > 0 ? String(stats.received.lost) : null],
    ];
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
