/** What arrived from one member: each message is taken once and in order, whatever was resent or lost on the way. */
export class Inbox {
  #last = 0;

  /** @returns {'next' | 'duplicate' | 'gap'} only `next` may be processed; a `gap` is filled when the sender resends. */
  accept(seq) {
    if (!Number.isInteger(seq) || seq <= this.#last) return 'duplicate';
    if (seq > this.#last + 1) return 'gap';
    this.#last = seq;
    return 'next';
  }

  /** The highest number processed: what is acknowledged. */
  get last() {
    return this.#last;
  }
}
