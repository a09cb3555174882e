/**
 * How long to wait before the next attempt: doubling from half a second to fifteen, each with a random part, so that the
 * clients of a server that restarts do not come back in step.
 */
export class Backoff {
  #attempt = 0;
  #random;

  constructor(random = Math.random) {
    this.#random = random;
  }

  /** Milliseconds until the next attempt. */
  next() {
    const ceiling = Math.min(15_000, 500 * 2 ** this.#attempt++);
    return Math.round(ceiling / 2 + this.#random() * ceiling / 2);
  }

  reset() {
    this.#attempt = 0;
  }
}
