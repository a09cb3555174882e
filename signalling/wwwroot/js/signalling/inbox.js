/**
 * Whether a message from one member is processed: each one once and in order, whatever was lost or sent again.
 * @param {number} last the highest number processed so far
 * @returns {'next' | 'duplicate' | 'gap'} only `next` is processed; the sender fills a `gap` when it sends again
 */
export function accept(last, seq) {
  if (!Number.isInteger(seq) || seq <= last) return 'duplicate';
  return seq === last + 1 ? 'next' : 'gap';
}
