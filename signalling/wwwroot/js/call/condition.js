/** One text for one state: what the badge and the picture of a member say, and what the banner says about the whole call. */
import { describePath, formatRtt } from './path.js';

/** Milliseconds without a path until the page says more than that it looks for one. */
export const patience = 10_000;

/**
 * @param {{connection: RTCPeerConnectionState, path: ?string, rtt: ?number, quality: {level: string, words: string[]}, quiet: boolean,
 *   met: boolean, waited: number, reachable: boolean}} state
 *   `quiet`: nothing comes over the path; `met`: there was a path before; `waited`: milliseconds without one; `reachable`: signalling is
 * @returns {{level: 'good' | 'fair' | 'poor' | 'none', badge: string, note: string, stuck: boolean}} `stuck`: explain it, and offer a retry
 */
export function describeMember({ connection, path, rtt, quality, quiet, met, waited, reachable }) {
  if (connection === 'connected' && path && !quiet) {
    const detail = quality.words[0] ?? (rtt === null ? '' : formatRtt(rtt));
    return { level: quality.level, badge: describePath(path) + (detail && ` · ${detail}`), note: '', stuck: false };
  }
  const badge = met ? 'Reconnecting' : 'Connecting';
  // Without signalling no path can be looked for: the banner says so, once for all.
  if (!reachable) return { level: 'none', badge, note: met ? 'Waiting for the network…' : '', stuck: false };
  if (waited >= patience) return { level: 'none', badge: 'Not connected', note: '', stuck: true };
  return { level: 'none', badge, note: met ? 'The connection broke. Looking for another path…' : '', stuck: false };
}

/**
 * What the lobby says while the first connection does not come about.
 * @param {{online: boolean, words: ?string}} waiting `words`: why, if it is known
 */
export function describeJoining({ online, words }) {
  if (!online) return 'This device is offline. The page joins as soon as the network is back.';
  return words || 'The signalling server does not answer. Trying again…';
}

/**
 * @param {{reachable: boolean, online: boolean, members: number, flowing: number, silent: number}} call
 *   `reachable`: signalling is; `flowing`: members from whom something came since it is not; `silent`: members from whom nothing comes
 * @returns {string} empty when all is well
 */
export function describeCall({ reachable, online, members, flowing, silent }) {
  if (reachable) return '';
  if (flowing > 0) return 'The signalling server is out of reach. The call goes on; reconnecting…';
  if (!online) return 'This device is offline. The call comes back with the network.';
  // Right after the loss nothing is known of the media yet.
  if (members > silent) return 'The signalling server is out of reach. Reconnecting…';
  if (members > 0) return 'The connection is lost: neither the server nor the others answer. Reconnecting…';
  return 'The signalling server is out of reach. Others cannot join until it is back; reconnecting…';
}
