/**
 * How good the connection to one member is: round trip, loss and freezes of the last seconds, over any path.
 *
 * @typedef {'good' | 'fair' | 'poor'} Level
 */
import { formatRtt } from './path.js';

/** Measurements, one a second, that are judged together: a single late packet doesn't make a bad connection. */
const kept = 5;
/** Fewer packets than this say nothing about loss. */
const fewPackets = 20;
const limits = {
  rtt: { fair: 300, poor: 800 }, // ms; ITU-T G.114 calls 400 ms in one direction the limit of a conversation
  loss: { fair: 0.03, poor: 0.1 },
  frozen: { fair: 0.1, poor: 0.3 },
};
const order = ['good', 'fair', 'poor'];

/**
 * @param {{rtt: ?number, lost: number, sentLost: number, frozen: number}} found `rtt` in milliseconds; the shares, from 0 to 1, of packets
 *   lost on the way here and on the way there, and of the time in which the video was frozen
 * @returns {{level: Level, words: string[]}} the worst problem first; no words when all is good
 */
export function judge({ rtt, lost, sentLost, frozen }) {
  const troubles = [
    { level: levelOf(lost, limits.loss), words: `${percent(lost)} lost` },
    { level: levelOf(sentLost, limits.loss), words: `${percent(sentLost)} of yours lost` },
    { level: levelOf(rtt ?? 0, limits.rtt), words: `${formatRtt(rtt ?? 0)} round trip` },
    { level: levelOf(frozen, limits.frozen), words: 'video freezes' },
  ].filter(({ level }) => level !== 'good').sort((one, other) => order.indexOf(other.level) - order.indexOf(one.level));
  return { level: troubles[0]?.level ?? 'good', words: troubles.map(({ words }) => words) };
}

/** Judges the measurements of the last seconds. */
export class Quality {
  #samples = [];

  /**
   * @param {{rtt: ?number, received: {packets: number, lost: number}, delivered: {packets: number, lost: number}, frames: number,
   *   frozen: number}} stats totals so far, as `readStats` gives them
   * @param {boolean} moving whether the video changes all the time: a camera, not a screen
   */
  measure(stats, moving) {
    const before = this.#samples.at(-1);
    this.#samples.push({ ...stats, still: before !== undefined && moving && stats.frames > 0 && stats.frames === before.frames });
    if (this.#samples.length > kept) this.#samples.shift();
    const first = this.#samples[0], last = this.#samples.at(-1);
    const seconds = this.#samples.length - 1;
    const still = this.#samples.slice(1).filter(sample => sample.still).length;
    const froze = Math.max(0, last.frozen - first.frozen);
    return judge({
      rtt: median(this.#samples.map(sample => sample.rtt).filter(rtt => rtt !== null)),
      lost: share(first.received, last.received),
      sentLost: share(first.delivered, last.delivered),
      // Browsers count a freeze when it ends; until then, missing frames show it. One second without frames may be a late measurement.
      frozen: seconds === 0 ? 0 : Math.min(1, Math.max(froze, still > 1 ? still : 0) / seconds),
    });
  }

  /** Forgets the measurements of an earlier path. */
  reset() {
    this.#samples.length = 0;
  }
}

function levelOf(value, { fair, poor }) {
  return value >= poor ? 'poor' : value >= fair ? 'fair' : 'good';
}

function share(first, last) {
  const lost = Math.max(0, last.lost - first.lost), arrived = Math.max(0, last.packets - first.packets);
  return lost + arrived < fewPackets ? 0 : lost / (lost + arrived);
}

function median(values) {
  return values.length === 0 ? null : values.sort((one, other) => one - other)[values.length >> 1];
}

function percent(part) {
  return `${Math.round(part * 100)}%`;
}
