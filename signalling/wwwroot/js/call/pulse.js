/** Milliseconds without data after which a path counts as broken. Checks are sent and answered every few seconds. */
const quietAfter = 6_000;

/** When something last arrived over the path to a member. It has no clock: callers pass the time, in milliseconds. */
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

  /** The path was lost, or is looked for again: the wait starts now. */
  waits(now) {
    this.#waitingSince = now;
  }

  /** @param {number} heard grows with everything received over the path, including responses to checks */
  measured(heard, now) {
    if (heard !== this.#heard) [this.#heardAt, this.#heardAfter] = [now, this.#measuredAt];
    this.#measuredAt = now;
    this.#heard = heard;
  }

  /** Whether something arrived lately, if only the response to a check. */
  beats(now) {
    return now - this.#heardAt < quietAfter;
  }

  /** Whether something certainly arrived after `time`: between two later measurements. */
  heardSince(time) {
    return this.#heardAfter >= time;
  }

  /** Milliseconds without a working path. */
  waited(now) {
    return now - Math.max(this.#waitingSince, this.#heardAt);
  }
}
