/** Milliseconds without anything over a path after which it counts as broken. A check goes out and is answered every few seconds. */
const quietAfter = 6_000;

/** When something last came over the path to a member. Knows no clock: each call brings the time, in milliseconds. */
export class Pulse {
  /** Whether there was a path before. */
  met = false;
  #waitingSince;
  #heard = -1;
  #heardAt = -Infinity;
  #heardAfter = -Infinity;
  #measuredAt = -Infinity;

  constructor(now) {
    this.#waitingSince = now;
  }

  /** A path was found. */
  connected(now) {
    this.met = true;
    this.#heardAt = now;
  }

  /** The path is lost, or is looked for again: the wait begins now. */
  waits(now) {
    this.#waitingSince = now;
  }

  /** @param {number} heard grows with all that comes over the path, answers to checks too */
  measured(heard, now) {
    if (heard !== this.#heard) [this.#heardAt, this.#heardAfter] = [now, this.#measuredAt];
    this.#measuredAt = now;
    this.#heard = heard;
  }

  /** Whether something came lately, be it only the answer to a check. */
  beats(now) {
    return now - this.#heardAt < quietAfter;
  }

  /** Whether something certainly came after `time`: between two measurements that were both later. */
  heardSince(time) {
    return this.#heardAfter >= time;
  }

  /** Milliseconds without a path that carries anything. */
  waited(now) {
    return now - Math.max(this.#waitingSince, this.#heardAt);
  }
}
