/**
 * What a close code of the signalling protocol means for the person, and whether coming back makes sense.
 * `words` is null where nothing needs to be said but "trying again".
 */
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

/** @returns {{again: boolean, words: string | null}} */
export function explainClose(code, serverMessage = '') {
  if (!final.has(code)) return { again: true, words: null };
  return { again: false, words: serverMessage || final.get(code) };
}
