/**
 * The path of the media to one member, from the statistics of its connection (W3C webrtc-stats): the selected candidate pair and its
 * candidates. Only a local candidate has `relayProtocol`: the transport of the other side's relay is unknown.
 *
 * @typedef {'direct' | 'relay-udp' | 'relay-tcp' | 'relay-tls' | 'relay-remote'} Path
 */

/**
 * @param {Iterable<[string, object]>} report what RTCPeerConnection.getStats() gives
 * @returns {{path: ?Path, rtt: ?number, bytes: {received: number, sent: number}, heard: number, received: {packets: number, lost: number},
 *   delivered: {packets: number, lost: number}, frames: number, frozen: number, local: ?object, remote: ?object, video: ?object}}
 *   `rtt` in milliseconds; `bytes` over the path; `heard` grows with everything received over it, including responses to checks; packets of
 *   media received here and there so far; `frames` decoded and `frozen` seconds so far
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
    bytes: { received: pair?.bytesReceived ?? 0, sent: pair?.bytesSent ?? 0 },
    heard: (pair?.bytesReceived ?? 0) + (pair?.responsesReceived ?? 0) + (pair?.requestsReceived ?? 0),
    received: { packets: sum(stats, 'inbound-rtp', 'packetsReceived'), lost: sum(stats, 'inbound-rtp', 'packetsLost') },
    delivered: delivered(stats),
    frames: video?.framesDecoded ?? 0,
    frozen: video?.totalFreezesDuration ?? 0,
    local,
    remote,
    video,
  };
}

/** The badge's text. */
export function describePath(path) {
  return {
    'direct': 'Direct',
    'relay-udp': 'Relayed over UDP',
    'relay-tcp': 'Relayed over TCP',
    'relay-tls': 'Relayed over TLS',
    'relay-remote': 'Relayed by the other side',
  }[path] ?? 'Connecting';
}

/** Formats a round-trip time in milliseconds. */
export function formatRtt(rtt) {
  if (rtt < 1) return '< 1 ms';
  return rtt < 1_000 ? `${Math.round(rtt)} ms` : `${(rtt / 1_000).toFixed(1)} s`;
}

/** The transport to a relay candidate's relay: 'udp', 'tcp' or 'tls'. Browsers report it in different ways. */
export function relayTransport({ relayProtocol: protocol, url }) {
  if (protocol === 'udp' || protocol === 'tcp' || protocol === 'tls') return protocol;
  if (url?.startsWith('turns:')) return 'tls';
  return url?.includes('transport=tcp') ? 'tcp' : 'udp';
}

function selectedPair(stats) {
  for (const entry of stats.values())
    if (entry.type === 'transport' && stats.has(entry.selectedCandidatePairId)) return stats.get(entry.selectedCandidatePairId);
  // Firefox marks the pair instead.
  for (const entry of stats.values())
    if (entry.type === 'candidate-pair' && entry.state === 'succeeded' && (entry.selected || entry.nominated)) return entry;
  return null;
}

function pathOf(local, remote) {
  if (local?.candidateType === 'relay') return `relay-${relayTransport(local)}`;
  if (remote?.candidateType === 'relay') return 'relay-remote';
  return 'direct';
}

/** Our packets that arrived, as the other side last reported. */
function delivered(stats) {
  const lost = sum(stats, 'remote-inbound-rtp', 'packetsLost');
  return { packets: Math.max(0, sum(stats, 'outbound-rtp', 'packetsSent') - lost), lost };
}

function sum(stats, type, field) {
  let total = 0;
  for (const entry of stats.values())
    if (entry.type === type) total += Math.max(0, entry[field] ?? 0);
  return total;
}

/** A renegotiated video leaves the old one's statistics behind; the one that received a packet last counts. */
function newestVideo(stats) {
  const receivedAt = video => video?.lastPacketReceivedTimestamp ?? 0;
  let newest = null;
  for (const entry of stats.values())
    if (entry.type === 'inbound-rtp' && entry.kind === 'video' && receivedAt(entry) >= receivedAt(newest)) newest = entry;
  return newest;
}
