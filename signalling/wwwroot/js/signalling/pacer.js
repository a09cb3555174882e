/**
 * Sends at most as fast as the server allows (a token bucket at four fifths of its limit), so that a page that joins a full
 * room, with hundreds of candidates to tell, is never closed for its rate.
 */
export class Pacer {
  #send;
  #queue = [];
  #rate = 40;
  #burst = 40;
  #tokens = 40;
  #filledAt = performance.now();
  #timer = 0;

  constructor(send) {
    this.#send = send;
  }

  limit(messagesPerSecond) {
    this.#rate = Math.max(1, messagesPerSecond * 0.8);
    this.#burst = Math.max(1, messagesPerSecond);
    this.#tokens = Math.min(this.#tokens, this.#burst);
  }

  push(message) {
    this.#queue.push(message);
    this.#drain();
  }

  /** Forgets what waits: the connection it was for is gone. */
  clear() {
    this.#queue.length = 0;
    clearTimeout(this.#timer);
    this.#timer = 0;
  }

  #drain() {
    if (this.#timer) return;
    const now = performance.now();
    this.#tokens = Math.min(this.#burst, this.#tokens + (now - this.#filledAt) * this.#rate / 1000);
    this.#filledAt = now;
    while (this.#queue.length > 0 && this.#tokens >= 1) {
      this.#tokens -= 1;
      this.#send(this.#queue.shift());
    }
    if (this.#queue.length === 0) return;
    this.#timer = setTimeout(() => {
      this.#timer = 0;
      this.#drain();
    }, Math.ceil((1 - this.#tokens) * 1000 / this.#rate));
  }
}
