/** Measurements that a path is given when it is looked for anew. */
const excused = 3;

/**
 * Notices that a path which carried media carries nothing any more. Browsers take five to eight seconds to call a path disconnected; a person
 * who hears nothing has given up by then. Tells of each silence once: a device that hangs looks the same, and trying for ever would not mend it.
 */
export class Silence {
  #patience;
  #received = 0;
  #quiet = 0;
  #told = false;

  /** @param {number} patience how many measurements without anything make a silence */
  constructor(patience) {
    this.#patience = patience;
  }

  /**
   * @param {number} received bytes that came so far over the path
   * @param {boolean} expected whether the other side sends something
   * @returns {boolean} whether a silence was noticed now
   */
  measure(received, expected) {
    if (received !== this.#received || received === 0 || !expected) {
      this.#received = received;
      this.#quiet = 0;
      this.#told = false;
      return false;
    }
    if (++this.#quiet < this.#patience || this.#told) return false;
    return this.#told = true;
  }

  /** How many measurements without anything make a silence from now on. */
  set patience(patience) {
    this.#patience = patience;
  }

  /** Another path is being looked for: that takes a while. */
  excuse() {
    this.#quiet = -excused;
  }
}
