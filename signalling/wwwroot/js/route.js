/** Which room the address names, and the options behind the question mark. */
/**
 * Which names the server takes (signalling/Names/RoomName.cs): letters, marks and digits that can be seen, of any script, no mark first and no more than
 * eight on a letter. Which spellings are one room is the server's to say: it leads each to the room's one address before this page is shown.
 */
const roomPattern = /^(?!\p{M})(?!.*\p{M}{9})(?:(?!\p{Default_Ignorable_Code_Point})[\p{L}\p{Mn}\p{Mc}\p{Nd}_-]){1,64}$/u;

export const roomRule = 'A room name has 1 to 64 letters, digits, “-” or “_”.';

/** @returns {{page: 'start'} | {page: 'room', room: string} | {page: 'bad', given: string, suggestion: string}} */
export function readRoute(location) {
  const match = /^\/r\/([^/]*)\/?$/.exec(location.pathname);
  if (!match) return { page: 'start' };
  const given = decoded(match[1]);
  return isRoom(given) ? { page: 'room', room: given } : { page: 'bad', given, suggestion: toRoom(given) };
}

/** `?relay` sends all media through the relay (RTCIceTransportPolicy "relay"). */
export function readPolicy(location) {
  return new URLSearchParams(location.search).has('relay') ? 'relay' : 'all';
}

export function isRoom(name) {
  return roomPattern.test(name.normalize('NFC'));
}

/** The nearest valid room name to what somebody typed; may be empty. */
export function toRoom(text) {
  const near = [...text.normalize('NFC').replace(/\p{Default_Ignorable_Code_Point}/gu, '')].map(letter => isRoom(`a${letter}`) ? letter : '-').join('');
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
