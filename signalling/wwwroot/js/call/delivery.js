/** What became of a message of ours, in words. */

/**
 * @param {{got: string[], waiting: string[], missed: string[], late: boolean}} delivery
 *   names of those who confirmed it, of those it is still on its way to, and of those it cannot reach any more; `late`: it should have been
 *   confirmed by now
 * @returns {{state: 'sent' | 'delivered' | 'waiting' | 'failed', words: string}} no words while there is nothing to say yet
 */
export function describeDelivery({ got, waiting, missed, late }) {
  const all = got.length + waiting.length + missed.length;
  if (all === 0) return { state: 'failed', words: 'Not sent: no one else is here' };
  if (got.length === all) return { state: 'delivered', words: 'Delivered' };
  const words = [];
  if (got.length > 0) words.push(`Delivered to ${got.length} of ${all}`);
  if (missed.length > 0) words.push(`Did not reach ${list(missed)}`);
  if (waiting.length > 0 && late) words.push(`Waiting for the connection to ${list(waiting)}`);
  return { state: missed.length > 0 ? 'failed' : late ? 'waiting' : 'sent', words: words.join('. ') };
}

/** As `Ada, Emil and Grace`; no more than three by name. */
export function list(names) {
  const shown = names.length > 3 ? [...names.slice(0, 2), `${names.length - 2} others`] : names;
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}
