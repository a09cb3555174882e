/** Which room the address names, and the options behind the question mark. */
const roomPattern = /^[A-Za-z0-9_-]{1,64}$/;

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
  return roomPattern.test(name);
}

/** The nearest valid room name to what somebody typed; may be empty. */
export function toRoom(text) {
  return text.normalize('NFKD').replace(/[^A-Za-z0-9_-]+/g, '-').replace(/^-+|-+$/g, '').slice(0, 64);
}

export function roomPath(room, search = '') {
  return `/r/${room}${search}`;
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
