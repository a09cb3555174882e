/** The delivery of one of our messages, as text. */

/**
 * @param {{got: string[], waiting: string[], missed: string[], late: boolean}} delivery
 *   names of members who confirmed it, who have yet to, and who can no longer get it; `late`: it should have been confirmed by now
 * @returns {{state: 'sent' | 'delivered' | 'waiting' | 'failed', words: string}} no words while all is as expected
 */
export function describeDelivery({ got, waiting, missed, late }) {
  const all = got.length + waiting.length + missed.length;
  if (all === 0) return { state: 'failed', words: 'Not sent: no one else is here' };
  if (got.length === all) return { state: 'delivered', words: 'Delivered' };
  const words = [];
  if (got.length > 0) words.push(`Delivered to ${got.length} of ${all}`);
  if (missed.length > 0) words.push(`Not delivered to ${list(missed)}`);
  if (waiting.length > 0 && late) words.push(`Waiting for the connection to ${list(waiting)}`);
  return { state: missed.length > 0 ? 'failed' : late ? 'waiting' : 'sent', words: words.join('. ') };
}

/** For example `Ada, Emil and Grace`; at most three by name. */
export function list(names) {
  const shown = names.length > 3 ? [...names.slice(0, 2), `${names.length - 2} others`] : names;
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}
