/** What a close code of the signalling protocol means for the person, and whether coming back makes sense. */

/** The page's own code for a connection that seems dead: the session is resumed on another one. */
export const reconnecting = 4007;

const final = new Map([
  [1000, 'The call was ended.'],
  [1003, 'The server did not understand this page. Reload it to get the current version.'],
  [1008, 'This page may not use the signalling server: its address is not in the server’s list of origins (signalling.origins).'],
  [1009, 'This page sent a message that the server takes for too large. Reload it; if that recurs, raise signalling.limits.messageBytes.'],
  [4000, 'The server did not understand this page. Reload it to get the current version.'],
  [4001, 'This room is full. Wait until somebody leaves, or use another room.'],
  [4002, 'This call was taken over by another connection of the same session. Join again to come back here.'],
  [4005, 'This page and the server speak different versions. Reload the page.'],
]);

const passing = new Map([
  [1001, 'The signalling server restarts. Trying again…'],
  [1011, 'The signalling server had a failure. Trying again…'],
  [1013, 'The signalling server is full. Trying again…'],
  [4004, 'The signalling server asks this page to slow down. Trying again…'],
  [4008, 'Too many connections come from your network. Trying again…'],
]);

/** @returns {{again: boolean, words: string}} `words` say what is wrong, and whether the page tries again */
export function explainClose(code, serverMessage = '') {
  if (final.has(code)) return { again: false, words: serverMessage || final.get(code) };
  return { again: true, words: passing.get(code) ?? 'The signalling server does not answer. Trying again…' };
}
