/**
 * The messages to one member that it has not acknowledged. `seq` counts from 1 without gaps; an acknowledgement is cumulative.
 * Outboxes are values: each function returns a new one.
 *
 * @typedef {{last: number, waiting: {seq: number, payload: any}[]}} Outbox `waiting`: oldest first
 */

/** @type {Outbox} */
export const emptyOutbox = { last: 0, waiting: [] };

/** @returns {?{outbox: Outbox, message: {seq: number, payload: any}}} null when the outbox is full */
export function push({ last, waiting }, payload, limit) {
  if (waiting.length >= limit) return null;
  const message = { seq: last + 1, payload };
  return { outbox: { last: message.seq, waiting: [...waiting, message] }, message };
}

/** Drops everything up to `ack`. Returns the same outbox when that changes nothing, as for an `ack` of something never sent. */
export function acknowledge(outbox, ack) {
  if (!Number.isInteger(ack) || ack > outbox.last) return outbox;
  const waiting = outbox.waiting.filter(({ seq }) => seq > ack);
  return waiting.length === outbox.waiting.length ? outbox : { ...outbox, waiting };
}
