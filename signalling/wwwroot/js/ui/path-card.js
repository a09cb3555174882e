/** The card behind the badge: the connection to one person, in numbers. */
import { explainAttempt, listAttempt } from '../call/attempt.js';
import { describePath, formatRtt } from '../call/path.js';

const explanations = {
  'direct': 'Media goes directly between the browsers; no server sees it.',
  'relay-udp': 'No direct path works or is allowed, so a relay forwards the encrypted media.',
  'relay-tcp': 'UDP is blocked here, so a relay forwards the encrypted media over TCP.',
  'relay-tls': 'Only TLS gets through here, so a relay forwards the encrypted media over TLS.',
  'relay-remote': 'The other side uses a relay; the path from here to that relay is direct.',
};

const kinds = { host: 'local address', srflx: 'public address', prflx: 'peer-reflexive address', relay: 'relay' };

export class PathCard {
  #card;
  #before = null;
  #now = null;
  #state = null;

  constructor(tile) {
    const badge = tile.querySelector('.badge');
    const card = this.#card = tile.querySelector('.path-card');
    badge.popoverTargetElement = card;
    // Shows the latest measurements, also of the time while the card was closed.
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

  /** @param {?object} stats from `readStats`; null while there is no path */
  measured(stats) {
    if (!stats || stats === this.#now?.stats) return;
    const at = performance.now();
    this.#before = this.#now ?? { stats, at: at - 1000 };
    this.#now = { stats, at };
  }

  /** @param {{badge: string, stuck: boolean}} state the badge's text, and whether no path was found */
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
      : 'Looking for a path between the browsers.';
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
      ['Local end', endpoint(stats.local)],
      ['Remote end', endpoint(stats.remote)],
      ['Relay', stats.local?.candidateType === 'relay' ? stats.local.url || stats.local.relayProtocol : null],
      ['Receiving', rate(stats.bytes.received - before.bytes.received, seconds)],
      ['Sending', rate(stats.bytes.sent - before.bytes.sent, seconds)],
      ['Video', picture(stats.video)],
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

function picture(video) {
  return video?.frameWidth ? `${video.frameWidth} × ${video.frameHeight}, ${Math.round(video.framesPerSecond ?? 0)} fps` : null;
}

function rate(bytes, seconds) {
  return `${Math.max(0, Math.round(bytes * 8 / seconds / 1000)).toLocaleString('en')} kbit/s`;
}

function text(tag, content) {
  const element = document.createElement(tag);
  element.textContent = content;
  return element;
}
