/**
 * What was tried to reach one member, and what is likely to be wrong when nothing got through: read from the statistics of its connection
 * and from what the browser said about each STUN and TURN server.
 *
 * @typedef {'udp' | 'tcp' | 'tls'} Transport
 * @typedef {{
 *   policy: RTCIceTransportPolicy, answered: boolean, gathering: boolean,
 *   stun: boolean, turn: Transport[],
 *   here: {host: boolean, srflx: boolean, relay: Transport[]}, there: {host: boolean, srflx: boolean, relay: boolean},
 *   failures: {server: 'stun' | Transport, code: number, text: string}[], sent: number, heard: number}} Attempt
 *   `stun`, `turn`: what the server offered; `here`, `there`: addresses that were found; `sent`, `heard`: connectivity checks
 */

import { relayTransport } from './path.js';

const transports = ['udp', 'tcp', 'tls'];
const names = { udp: 'UDP', tcp: 'TCP', tls: 'TLS' };
/** STUN errors (RFC 8489 §14.8, RFC 8656 §19) with which a relay refuses; 7xx are the browser's own: no answer. */
const refusals = {
  401: 'wrong credential', 403: 'forbidden', 438: 'wrong credential', 441: 'wrong credential', 486: 'quota reached', 508: 'full',
};

/**
 * @param {Iterable<[string, object]>} report what RTCPeerConnection.getStats() gives
 * @param {{iceServers: RTCIceServer[], policy: RTCIceTransportPolicy, answered: boolean, gathering: boolean,
 *   failures: {url: string, code: number, text: string}[]}} connection
 * @returns {Attempt}
 */
export function readAttempt(report, { iceServers, policy, answered, gathering, failures }) {
  const urls = iceServers.flatMap(({ urls }) => urls);
  const attempt = {
    policy, answered, gathering,
    stun: urls.some(url => serverOf(url) === 'stun'),
    turn: transports.filter(transport => urls.some(url => serverOf(url) === transport)),
    here: { host: false, srflx: false, relay: [] },
    there: { host: false, srflx: false, relay: false },
    failures: failures.map(({ url, code, text }) => ({ server: serverOf(url), code, text })),
    sent: 0,
    heard: 0,
  };
  const relays = new Set();
  for (const [, entry] of report) {
    const { type, candidateType: kind } = entry;
    if (type === 'local-candidate' && kind === 'relay') relays.add(relayTransport(entry));
    else if (type === 'local-candidate' && kind in attempt.here) attempt.here[kind] = true;
    else if (type === 'remote-candidate' && kind in attempt.there) attempt.there[kind] = true;
    else if (type === 'candidate-pair') {
      attempt.sent += entry.requestsSent ?? 0;
      attempt.heard += (entry.requestsReceived ?? 0) + (entry.responsesReceived ?? 0);
    }
  }
  attempt.here.relay = transports.filter(transport => relays.has(transport));
  return attempt;
}

/**
 * What was tried, one line for each way.
 * @param {Attempt} attempt
 * @returns {[string, string][]} name and outcome
 */
export function listAttempt(attempt) {
  const direct = attempt.policy !== 'relay';
  return [
    ['Direct', !direct ? 'left out: relay only' : attempt.here.host ? 'tried' : waiting(attempt, 'no address found')],
    ['STUN', direct ? stunOutcome(attempt) : null],
    ...transports.map(transport => [`Relay over ${names[transport]}`, relayOutcome(attempt, transport)]),
    ['Other side', !attempt.answered ? 'no answer yet' : offered(attempt.there)],
    ['Checks', attempt.sent + attempt.heard === 0 ? null : `${attempt.sent} sent, ${attempt.heard} heard`],
  ].filter(([, outcome]) => outcome !== null);
}

/** The ways that were tried, in a few words. */
export function nameAttempt(attempt) {
  const direct = attempt.policy !== 'relay';
  const relays = attempt.turn.map(transport => `relay over ${names[transport]}`);
  const ways = [direct && 'direct', direct && attempt.stun && 'STUN', ...relays].filter(Boolean);
  return ways.length === 0 ? 'Tried: nothing, no relay is offered' : `Tried: ${ways.join(', ')}`;
}

/**
 * What is likely, and what to do.
 * @param {Attempt} attempt
 * @param {string} name the other person's
 * @returns {{likely: string, remedy: string}}
 */
export function explainAttempt(attempt, name) {
  const { policy, turn, here, there, failures } = attempt;
  const check = 'The server’s operator finds the cause with “ops check”.';
  if (!attempt.answered) return {
    likely: `${name}’s page does not answer: it may be suspended, or its network is away.`,
    remedy: `Ask ${name} to bring the page to the front, or to reload it.`,
  };
  if (turn.length === 0 && policy === 'relay') return {
    likely: 'This page was opened with “?relay”, and the server offers no relay.',
    remedy: 'Open the link without “?relay”, or ask the server’s operator for a relay (signalling.ice.turnUrls).',
  };
  if (turn.length === 0) return {
    likely: `The server offers no relay${attempt.stun ? '' : ' and no STUN server'}; without one, few networks let browsers reach each other.`,
    remedy: 'Try it in the same network, or ask the server’s operator for a relay (signalling.ice.turnUrls).',
  };
  if (here.relay.length === 0) {
    const refused = failures.find(({ server, code }) => server !== 'stun' && code >= 300 && code < 700);
    if (refused) return {
      likely: `The relay refused this page: ${refusals[refused.code] ?? (refused.text || 'error')} (${refused.code}).`,
      remedy: `${refused.code === 486 || refused.code === 508 ? 'Try again later.' : 'Reload the page.'} ${check}`,
    };
    const over = list(turn.map(transport => names[transport]));
    return {
      likely: `No relay can be reached from here over ${over}: a firewall or VPN blocks it, or the relay is down.`,
      remedy: `Try another network or a phone’s hotspot, or switch the VPN off. ${check}`,
    };
  }
  if (!there.relay) return {
    likely: `${name}’s network reaches no relay and lets nothing in directly.`,
    remedy: `Ask ${name} to try another network, or to switch a VPN off.`,
  };
  return {
    likely: 'Both sides reach a relay, and nothing passes between them: the relay’s ports may be closed.',
    remedy: `Try again. ${check}`,
  };
}

function stunOutcome(attempt) {
  if (!attempt.stun) return 'not offered';
  return attempt.here.srflx ? 'address found' : failure(attempt, 'stun') ?? waiting(attempt, 'no other address');
}

function relayOutcome(attempt, transport) {
  if (attempt.here.relay.includes(transport)) return 'reached';
  if (!attempt.turn.includes(transport)) return 'not offered';
  return failure(attempt, transport) ?? waiting(attempt, 'no answer');
}

function failure({ failures }, server) {
  const found = failures.findLast(failed => failed.server === server);
  if (!found) return null;
  return found.code >= 700 ? 'no answer' : `refused: ${refusals[found.code] ?? (found.text || 'error')} (${found.code})`;
}

function waiting({ gathering }, otherwise) {
  return gathering ? 'no answer yet' : otherwise;
}

function offered({ host, srflx, relay }) {
  return [host && 'own address', srflx && 'address behind NAT', relay && 'relay'].filter(Boolean).join(', ') || 'offers no address';
}

function serverOf(url) {
  if (url.startsWith('turns:')) return 'tls';
  if (url.startsWith('turn:')) return url.includes('transport=tcp') ? 'tcp' : 'udp';
  return 'stun';
}

function list(words) {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}
