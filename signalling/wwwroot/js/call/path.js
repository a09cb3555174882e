/**
 * How the media to one member flows, read from the statistics of its connection (W3C webrtc-stats): the selected candidate
 * pair and its candidates. `relayProtocol` stands on the local candidate alone: of a relay that only the other side uses nothing more is known.
 *
 * @typedef {'direct' | 'relay-udp' | 'relay-tcp' | 'relay-tls' | 'relay-remote'} Path
 */

/**
 * @param {Iterable<[string, object]>} report what RTCPeerConnection.getStats() gives
 * @returns {{path: ?Path, rtt: ?number, received: number, sent: number, frames: number, local: ?object, remote: ?object, video: ?object}}
 *   `rtt` in milliseconds, `received` and `sent` in bytes, `frames` decoded so far
 */
export function readStats(report) {
  const stats = new Map(report);
  const pair = selectedPair(stats);
  const local = stats.get(pair?.localCandidateId) ?? null;
  const remote = stats.get(pair?.remoteCandidateId) ?? null;
  const video = newestVideo(stats);
  return {
    path: pair ? pathOf(local, remote) : null,
    rtt: typeof pair?.currentRoundTripTime === 'number' ? pair.currentRoundTripTime * 1000 : null,
    received: pair?.bytesReceived ?? 0,
    sent: pair?.bytesSent ?? 0,
    frames: video?.framesDecoded ?? 0,
    local,
    remote,
    video,
  };
}

/** What the badge says. */
export function describePath(path) {
  return {
    'direct': 'Direct',
    'relay-udp': 'Relayed over UDP',
    'relay-tcp': 'Relayed over TCP',
    'relay-tls': 'Relayed over TLS',
    'relay-remote': 'Relayed by the other side',
  }[path] ?? 'Connecting';
}

/** A round-trip time in milliseconds, as people read it. */
export function formatRtt(rtt) {
  return rtt < 1 ? '< 1 ms' : `${Math.round(rtt)} ms`;
}

function selectedPair(stats) {
  for (const entry of stats.values())
    if (entry.type === 'transport' && stats.has(entry.selectedCandidatePairId)) return stats.get(entry.selectedCandidatePairId);
  // Firefox marks the pair itself.
  for (const entry of stats.values())
    if (entry.type === 'candidate-pair' && entry.state === 'succeeded' && (entry.selected || entry.nominated)) return entry;
  return null;
}

function pathOf(local, remote) {
  if (local?.candidateType === 'relay') return `relay-${relayProtocol(local)}`;
  if (remote?.candidateType === 'relay') return 'relay-remote';
  return 'direct';
}

function relayProtocol({ relayProtocol: protocol, url = '' }) {
  if (protocol === 'udp' || protocol === 'tcp' || protocol === 'tls') return protocol;
  if (url.startsWith('turns:')) return 'tls';
  return url.includes('transport=tcp') ? 'tcp' : 'udp';
}

/** A renegotiated video leaves the old one's statistics behind; the one that decodes most recently is shown. */
function newestVideo(stats) {
  let newest = null;
  for (const entry of stats.values())
    if (entry.type === 'inbound-rtp' && entry.kind === 'video' && (entry.lastPacketReceivedTimestamp ?? 0) >= (newest?.lastPacketReceivedTimestamp ?? 0)) newest = entry;
  return newest;
}
