/** One text for each state: on a member's badge and tile, and in the banner about the whole call. */
import { describePath, formatRtt } from './path.js';

/** Milliseconds without a path until the page explains the failure. */
export const patience = 10_000;

/**
 * @param {{connection: RTCPeerConnectionState, path: ?string, rtt: ?number, quality: {level: string, words: string[]}, quiet: boolean,
 *   met: boolean, waited: number, reachable: boolean}} state
 *   `quiet`: nothing arrives over the path; `met`: there was a path before; `waited`: milliseconds without one; `reachable`: signalling is
 * @returns {{level: 'good' | 'fair' | 'poor' | 'none', badge: string, note: string, stuck: boolean}} `stuck`: explain it, and offer a retry
 */
export function describeMember({ connection, path, rtt, quality, quiet, met, waited, reachable }) {
  if (connection === 'connected' && path && !quiet) {
    const detail = quality.words[0] ?? (rtt === null ? '' : formatRtt(rtt));
    return { level: quality.level, badge: describePath(path) + (detail && ` · ${detail}`), note: '', stuck: false };
  }
  const badge = met ? 'Reconnecting' : 'Connecting';
  // Finding a path needs signalling; the banner says so once for all members.
  if (!reachable) return { level: 'none', badge, note: met ? 'Waiting for the network…' : '', stuck: false };
  if (waited >= patience) return { level: 'none', badge: 'Not connected', note: '', stuck: true };
  return { level: 'none', badge, note: met ? 'Connection lost. Looking for another path…' : '', stuck: false };
}

/**
 * The lobby's text while the first connection fails.
 * @param {{online: boolean, words: ?string}} waiting `words`: the cause, if known
 */
export function describeJoining({ online, words }) {
  if (!online) return 'This device is offline. You’ll join when the network is back.';
  return words || 'The signalling server isn’t responding. Trying again…';
}

/**
 * @param {{reachable: boolean, online: boolean, members: number, flowing: number, silent: number}} call
 *   `reachable`: signalling is; `flowing`: members heard from since it is not; `silent`: members from whom nothing arrives
 * @returns {string} empty when all is well
 */
export function describeCall({ reachable, online, members, flowing, silent }) {
  if (reachable) return '';
  if (flowing > 0) return 'Lost the server connection. Your call continues. Reconnecting…';
  if (!online) return 'This device is offline. Your call resumes when the network is back.';
  // Right after the loss the state of the media is unknown.
  if (members > silent) return 'Lost the server connection. Reconnecting…';
  if (members > 0) return 'Lost the connection to the server and to the others. Reconnecting…';
  return 'Lost the server connection. Others can’t join until it is back. Reconnecting…';
}
