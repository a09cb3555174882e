import test from 'node:test';
import { deepEqual, equal } from 'node:assert/strict';
import { formatRtt, readStats } from '../../../signalling/wwwroot/js/call/path.js';

const pair = { type: 'candidate-pair', localCandidateId: 'l', remoteCandidateId: 'r' };

test('The path is read from the selected pair of either browser’s statistics', () => {
  const read = (local, remote, firefox) => readStats(Object.entries({
    t: firefox ? { type: 'codec' } : { type: 'transport', selectedCandidatePairId: 'p' },
    other: { type: 'candidate-pair', state: 'failed', nominated: false },
    p: { ...pair, state: 'succeeded', nominated: true, currentRoundTripTime: 0.034 },
    l: local,
    r: remote,
  }));
  const host = { candidateType: 'host' }, relay = { candidateType: 'relay' };
  equal(read(host, host).path, 'direct');
  equal(read(host, { candidateType: 'prflx' }, true).path, 'direct');
  for (const protocol of ['udp', 'tcp', 'tls']) equal(read({ ...relay, relayProtocol: protocol }, host).path, `relay-${protocol}`);
  equal(read({ ...relay, url: 'turns:relay.example:443?transport=tcp' }, relay).path, 'relay-tls');
  equal(read({ ...relay, url: 'turn:relay.example:3478?transport=tcp' }, relay, true).path, 'relay-tcp');
  equal(read(host, relay).path, 'relay-remote', 'of the other side’s relay no protocol is known');
  equal(Math.round(read(host, host).rtt), 34);
  equal(readStats([]).path, null);
});

test('Statistics are summed over audio and video', () => {
  const stats = readStats(Object.entries({
    t: { type: 'transport', selectedCandidatePairId: 'p' },
    p: { ...pair, bytesReceived: 900, bytesSent: 500, responsesReceived: 4, requestsReceived: 3 },
    l: { candidateType: 'host' },
    r: { candidateType: 'host' },
    a: { type: 'inbound-rtp', kind: 'audio', packetsReceived: 50, packetsLost: -2 },
    v: { type: 'inbound-rtp', kind: 'video', packetsReceived: 70, packetsLost: 7, framesDecoded: 12, totalFreezesDuration: 1.5 },
    o: { type: 'outbound-rtp', packetsSent: 100 },
    ri: { type: 'remote-inbound-rtp', packetsLost: 9 },
  }));
  deepEqual(stats.received, { packets: 120, lost: 7 }, 'a negative loss (duplicates) subtracts nothing');
  deepEqual(stats.delivered, { packets: 91, lost: 9 });
  deepEqual(stats.bytes, { received: 900, sent: 500 });
  equal(stats.heard, 907, 'answers to checks are signs of life too');
  equal(stats.frozen, 1.5);
  equal(stats.frames, 12);
});

test('A round trip is shown with the unit that people read', () => {
  equal(formatRtt(0.4), '< 1 ms');
  equal(formatRtt(34.4), '34 ms');
  equal(formatRtt(25_000), '25.0 s');
});
