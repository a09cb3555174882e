/**
 * How good the connection to one member is: from round trip, loss and freezes of the last seconds, whatever path it takes.
 *
 * @typedef {'good' | 'fair' | 'poor'} Level
 */
import { formatRtt } from './path.js';

/** Measurements, one a second, that are judged together: a single late packet is no bad connection. */
const kept = 5;
/** Packets below which a share of lost ones says nothing. */
const fewPackets = 20;
const limits = {
  rtt: { fair: 300, poor: 800 }, // ms; ITU-T G.114 calls 400 ms in one direction the limit of a conversation
  loss: { fair: 0.03, poor: 0.1 },
  frozen: { fair: 0.1, poor: 0.3 },
};
const order = ['good', 'fair', 'poor'];

/**
 * @param {{rtt: ?number, lost: number, sentLost: number, frozen: number}} found `rtt` in milliseconds; shares from 0 to 1 of the packets
 *   that were lost on the way here and on the way there, and of the time in which the picture did not move
 * @returns {{level: Level, words: string[]}} the worst trouble first; no words when all is good
 */
export function judge({ rtt, lost, sentLost, frozen }) {
  const troubles = [
    { level: levelOf(lost, limits.loss), words: `${percent(lost)} lost` },
    { level: levelOf(sentLost, limits.loss), words: `${percent(sentLost)} of yours lost` },
    { level: levelOf(rtt ?? 0, limits.rtt), words: `${formatRtt(rtt ?? 0)} round trip` },
    { level: levelOf(frozen, limits.frozen), words: 'picture freezes' },
  ].filter(({ level }) => level !== 'good').sort((one, other) => order.indexOf(other.level) - order.indexOf(one.level));
  return { level: troubles[0]?.level ?? 'good', words: troubles.map(({ words }) => words) };
}

/** Judges the measurements of the last seconds. */
export class Quality {
  #samples = [];

  /**
   * @param {{rtt: ?number, received: {packets: number, lost: number}, delivered: {packets: number, lost: number}, frames: number,
   *   frozen: number}} stats totals so far, as `readStats` gives them
   * @param {boolean} moving whether the other side sends pictures that change all the time: a camera, not a screen
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
      // A browser counts a freeze when it is over; one that lasts is seen by the frames. One second without any may be a late measurement.
      frozen: seconds === 0 ? 0 : Math.min(1, Math.max(froze, still > 1 ? still : 0) / seconds),
    });
  }

  /** Another path: what was measured on the earlier one says nothing about it. */
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
  return `${Math.round(part * 100)} %`;
}
