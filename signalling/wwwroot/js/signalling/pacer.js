/**
 * Limits the rate of messages: a token bucket at four fifths of the server's limit, so that a page that joins a full room with hundreds of
 * candidates is never closed for its rate. Pacers are values: each function returns a new one.
 *
 * @typedef {{rate: number, burst: number, tokens: number, filledAt: number, queue: object[]}} Pacer `rate`: messages per second
 */

/** @type {Pacer} */
export const idlePacer = { rate: 40, burst: 40, tokens: 40, filledAt: 0, queue: [] };

/** Follows the server's limit. */
export function limitPacer(pacer, messagesPerSecond) {
  const burst = Math.max(1, messagesPerSecond);
  return { ...pacer, rate: Math.max(1, messagesPerSecond * 0.8), burst, tokens: Math.min(pacer.tokens, burst) };
}

export function enqueue(pacer, message) {
  return { ...pacer, queue: [...pacer.queue, message] };
}

/** Drops the queue: its connection has ended. */
export function clearPacer(pacer) {
  return { ...pacer, queue: [] };
}

/**
 * @returns {{pacer: Pacer, sent: object[], wait: number}} `sent`: what may be sent now; `wait`: milliseconds until the next message, 0 when
 *   the queue is empty
 */
export function drain({ rate, burst, tokens, filledAt, queue }, now) {
  const filled = Math.min(burst, tokens + (now - filledAt) * rate / 1000);
  const sent = queue.slice(0, Math.floor(filled));
  const rest = filled - sent.length;
  const pacer = { rate, burst, tokens: rest, filledAt: now, queue: queue.slice(sent.length) };
  return { pacer, sent, wait: pacer.queue.length === 0 ? 0 : Math.ceil((1 - rest) * 1000 / rate) };
}
