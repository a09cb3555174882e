/**
 * How the page tried to reach one member, and the likely cause when nothing works: from the connection's statistics and from the errors
 * that the browser reported for each STUN and TURN server.
 *
 * @typedef {'udp' | 'tcp' | 'tls'} Transport
 * @typedef {{
 *   policy: RTCIceTransportPolicy, answered: boolean, gathering: boolean,
 *   stun: boolean, turn: Transport[],
 *   here: {host: boolean, srflx: boolean, relay: Transport[]}, there: {host: boolean, srflx: boolean, relay: boolean},
 *   failures: {server: 'stun' | Transport, code: number, text: string}[], sent: number, heard: number}} Attempt
 *   `stun`, `turn`: what the server offers; `here`, `there`: addresses found; `sent`, `heard`: connectivity checks
 */

import { relayTransport } from './path.js';

const transports = ['udp', 'tcp', 'tls'];
const names = { udp: 'UDP', tcp: 'TCP', tls: 'TLS' };
/** STUN errors of a relay (RFC 8489 §14.8, RFC 8656 §19); 7xx are the browser's own: no answer. */
const refusals = {
  401: 'wrong credential', 403: 'forbidden', 438: 'wrong credential', 441: 'wrong credential', 486: 'quota reached', 508: 'full',
};
const isPassing = new Set([486, 508]);

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
 * What was tried: one row for each way.
 * @param {Attempt} attempt
 * @returns {[string, string][]} name and outcome
 */
export function listAttempt(attempt) {
  const direct = attempt.policy !== 'relay';
  return [
    ['Direct', !direct ? 'skipped: relay only' : attempt.here.host ? 'tried' : waiting(attempt, 'no address found')],
    ['STUN', direct ? stunOutcome(attempt) : null],
    ...transports.map(transport => [`Relay over ${names[transport]}`, relayOutcome(attempt, transport)]),
    ['Other side', !attempt.answered ? 'no answer yet' : offered(attempt.there)],
    ['Checks', attempt.sent + attempt.heard === 0 ? null : `${attempt.sent} sent, ${attempt.heard} received`],
  ].filter(([, outcome]) => outcome !== null);
}

/** The ways that were tried, in one line. */
export function nameAttempt(attempt) {
  const direct = attempt.policy !== 'relay';
  const relays = attempt.turn.map(transport => `relay over ${names[transport]}`);
  const ways = [direct && 'direct', direct && attempt.stun && 'STUN', ...relays].filter(Boolean);
  return ways.length === 0 ? 'Tried: nothing, the server offers no relay' : `Tried: ${ways.join(', ')}`;
}

/**
 * The likely cause, and what to do.
 * @param {Attempt} attempt
 * @param {string} name the other person's
 * @returns {{likely: string, remedy: string}}
 */
export function explainAttempt(attempt, name) {
  const { policy, turn, here, there, failures } = attempt;
  const check = 'The server’s operator can find the cause with “ops check”.';
  if (!attempt.answered) return {
    likely: `${name}’s page isn’t responding. It may be suspended or offline.`,
    remedy: `Ask ${name} to bring the page to the front or reload it.`,
  };
  if (turn.length === 0 && policy === 'relay') return {
    likely: 'This page was opened with “?relay”, but the server offers no relay.',
    remedy: 'Open the link without “?relay”, or ask the server’s operator to add a relay (signalling.ice.turnUrls).',
  };
  if (turn.length === 0) return {
    likely: `The server offers no relay${attempt.stun ? '' : ' and no STUN server'}. Most networks need one to connect browsers.`,
    remedy: 'Try from the same network, or ask the server’s operator to add a relay (signalling.ice.turnUrls).',
  };
  if (here.relay.length === 0) {
    const refused = failures.find(({ server, code }) => server !== 'stun' && code >= 300 && code < 700);
    if (refused) return {
      likely: `The relay refused this page: ${refusals[refused.code] ?? (refused.text || 'error')} (${refused.code}).`,
      remedy: `${isPassing.has(refused.code) ? 'Try again later.' : 'Reload the page.'} ${check}`,
    };
    const over = list(turn.map(transport => names[transport]));
    return {
      likely: `Can’t reach a relay over ${over}. A firewall or VPN may block it, or the relay is down.`,
      remedy: `Try another network or a phone’s hotspot, or turn off your VPN. ${check}`,
    };
  }
  if (!there.relay) return {
    likely: `${name} can’t reach a relay, and their network blocks direct connections.`,
    remedy: `Ask ${name} to try another network or turn off a VPN.`,
  };
  return {
    likely: 'Both sides reach a relay, but no media gets through. The relay’s ports may be closed.',
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
  return [host && 'local address', srflx && 'public address', relay && 'relay'].filter(Boolean).join(', ') || 'no address offered';
}

function serverOf(url) {
  if (url.startsWith('turns:')) return 'tls';
  if (url.startsWith('turn:')) return url.includes('transport=tcp') ? 'tcp' : 'udp';
  return 'stun';
}

function list(words) {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}
