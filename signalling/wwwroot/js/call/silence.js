/** Measurements during which a new search for a path isn't judged. */
const excused = 3;

/**
 * Notices that a path which carried media carries nothing any more. Browsers take five to eight seconds to report a path as disconnected,
 * which is too long for a conversation. Reports each silence once: a device that hangs looks the same, and retrying wouldn't help.
 */
export class Silence {
  #patience;
  #received = 0;
  #quiet = 0;
  #reported = false;

  /** @param {number} patience how many measurements without data make a silence */
  constructor(patience) {
    this.#patience = patience;
  }

  /**
   * @param {number} received bytes received over the path so far
   * @param {boolean} expected whether the other side sends something
   * @returns {boolean} whether a silence was noticed now
   */
  measure(received, expected) {
    if (received !== this.#received || received === 0 || !expected) {
      this.#received = received;
      this.#quiet = 0;
      this.#reported = false;
      return false;
    }
    if (++this.#quiet < this.#patience || this.#reported) return false;
    return this.#reported = true;
  }

  /** How many measurements without data make a silence from now on. */
  set patience(patience) {
    this.#patience = patience;
  }

  /** Another path is being looked for, which takes a while. */
  excuse() {
    this.#quiet = -excused;
  }
}
