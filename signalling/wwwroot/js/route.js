/** The room and the options in the page's address. */

/**
 * The room names that the server accepts (signalling/Names/RoomName.cs): visible letters, marks and digits of any script, no mark first and
 * at most eight on a letter. The server redirects every spelling of a room to one address before it serves this page.
 */
const roomPattern = /^(?!\p{M})(?!.*\p{M}{9})(?:(?!\p{Default_Ignorable_Code_Point})[\p{L}\p{Mn}\p{Mc}\p{Nd}_-]){1,64}$/u;

export const roomRule = 'Use 1 to 64 letters, digits, “-” or “_”.';

/** @returns {{page: 'start'} | {page: 'room', room: string} | {page: 'bad', given: string, suggestion: string}} */
export function readRoute(location) {
  const match = /^\/r\/([^/]*)\/?$/.exec(location.pathname);
  if (!match) return { page: 'start' };
  const given = decoded(match[1]);
  return isRoom(given) ? { page: 'room', room: given } : { page: 'bad', given, suggestion: toRoom(given) };
}

/** `?relay` sends all media through a relay (RTCIceTransportPolicy "relay"). */
export function readPolicy(location) {
  return new URLSearchParams(location.search).has('relay') ? 'relay' : 'all';
}

export function isRoom(name) {
  return roomPattern.test(name.normalize('NFC'));
}

/** The valid room name nearest to the typed text; may be empty. */
export function toRoom(text) {
  const visible = text.normalize('NFC').replace(/\p{Default_Ignorable_Code_Point}/gu, '');
  const near = [...visible].map(letter => isRoom(`a${letter}`) ? letter : '-').join('');
  const name = [...near.replace(/-+/g, '-').replace(/(^|-)\p{M}+/gu, '$1').replace(/^-+|-+$/g, '')].slice(0, 64).join('');
  return isRoom(name) ? name : '';
}

export function roomPath(room, search = '') {
  return `/r/${encodeURIComponent(room)}${search}`;
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
