const first = 500;
const longest = 15_000;

/**
 * Milliseconds to wait before an attempt: doubling from half a second to fifteen. Half of it is random, so that the clients of a
 * server that restarts don't come back in step.
 * @param {number} attempt attempts that failed before
 * @param {number} random from 0 to 1
 */
export function backoff(attempt, random) {
  const ceiling = Math.min(longest, first * 2 ** attempt);
  return Math.round(ceiling / 2 + random * ceiling / 2);
}
