/**
 * What was sent to one member and not acknowledged yet. `seq` counts from 1; an acknowledgement is cumulative.
 * Bounded: a full outbox refuses, and the session has to start anew.
 */
export class Outbox {
  #limit;
  #waiting = [];
  #last = 0;

  constructor(limit) {
    this.#limit = limit;
  }

  /** The message with its sequence number, or null when the outbox is full. */
  push(payload) {
    if (this.#waiting.length >= this.#limit) return null;
    const message = { seq: ++this.#last, payload };
    this.#waiting.push(message);
    return message;
  }

  /** Forgets everything up to `ack`; says how many messages that were. An `ack` of something never sent counts for nothing. */
  acknowledge(ack) {
    if (!Number.isInteger(ack) || ack > this.#last) return 0;
    const before = this.#waiting.length;
    this.#waiting = this.#waiting.filter(message => message.seq > ack);
    return before - this.#waiting.length;
  }

  /** Sent and not acknowledged, oldest first. */
  get waiting() {
    return [...this.#waiting];
  }
}
