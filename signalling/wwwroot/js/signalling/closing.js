/** What a close code of the signalling protocol means for the person, and whether to reconnect. */

/** The page's own code for a connection that seems dead; the session is resumed on another one. */
export const reconnecting = 4007;

const final = new Map([
  [1000, 'The call ended.'],
  [1003, 'The server doesn’t understand this page. Reload it to get the current version.'],
  [1008, 'The signalling server doesn’t allow this page: its origin isn’t in signalling.origins.'],
  [1009, 'This page sent a message that is too large. Reload it; if it happens again, raise signalling.limits.messageBytes.'],
  [4000, 'The server doesn’t understand this page. Reload it to get the current version.'],
  [4001, 'This room is full. Try again when someone has left, or use another room.'],
  [4002, 'You joined this call from another connection. Join again to continue here.'],
  [4005, 'This page and the server use different protocol versions. Reload the page.'],
]);

const passing = new Map([
  [1001, 'The signalling server is restarting. Trying again…'],
  [1011, 'The signalling server had an error. Trying again…'],
  [1013, 'The signalling server is full. Trying again…'],
  [4004, 'This page sent messages too fast. Trying again…'],
  [4008, 'Too many connections from your network. Trying again…'],
]);

/** @returns {{again: boolean, words: string}} `words`: what is wrong, and whether the page tries again */
export function explainClose(code, serverMessage = '') {
  if (final.has(code)) return { again: false, words: serverMessage || final.get(code) };
  return { again: true, words: passing.get(code) ?? 'The signalling server isn’t responding. Trying again…' };
}
