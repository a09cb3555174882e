import test from 'node:test';
import { equal, ok } from 'node:assert/strict';
import { explainAttempt, listAttempt, nameAttempt, readAttempt } from '../../../signalling/wwwroot/js/call/attempt.js';

const turn = ['turn:r.example?transport=udp', 'turn:r.example?transport=tcp', 'turns:r.example:443'];
const servers = [{ urls: ['stun:r.example'] }, { urls: turn }];
const read = (entries, more = {}) => readAttempt(entries.map((entry, index) => [index, entry]),
  { iceServers: servers, policy: 'all', answered: true, gathering: false, failures: [], ...more });
const local = (candidateType, more) => ({ type: 'local-candidate', candidateType, ...more });
const remote = candidateType => ({ type: 'remote-candidate', candidateType });
const outcome = (attempt, way) => new Map(listAttempt(attempt)).get(way);
const likely = (attempt, words) => {
  const found = explainAttempt(attempt, 'Grace').likely;
  ok(found.includes(words), found);
};

test('A relay that does not answer is distinguished from one that refuses', () => {
  const timedOut = { url: 'turn:r.example:3478?transport=udp', code: 701, text: 'timed out' };
  const blocked = read([local('host'), remote('host')], { failures: [timedOut] });
  equal(outcome(blocked, 'Direct'), 'tried');
  equal(outcome(blocked, 'Relay over UDP'), 'no answer');
  equal(outcome(blocked, 'STUN'), 'no other address');
  equal(nameAttempt(blocked), 'Tried: direct, STUN, relay over UDP, relay over TCP, relay over TLS');
  likely(blocked, 'Can’t reach a relay over UDP, TCP or TLS');

  const quota = { url: 'turn:r.example?transport=udp', code: 486, text: 'Allocation Quota Reached' };
  const refused = read([local('host')], { failures: [quota] });
  equal(outcome(refused, 'Relay over UDP'), 'refused: quota reached (486)');
  likely(refused, 'quota reached (486)');
});

test('What the server does not offer is named', () => {
  const none = read([local('host'), remote('host')], { iceServers: [] });
  equal(outcome(none, 'STUN'), 'not offered');
  equal(outcome(none, 'Relay over TLS'), 'not offered');
  equal(nameAttempt(none), 'Tried: direct');
  likely(none, 'The server offers no relay and no STUN server');
  likely(read([], { iceServers: [], policy: 'relay' }), '“?relay”');
});

test('A failure of the other side is distinguished from ours', () => {
  likely(read([local('host')], { answered: false }), 'Grace’s page isn’t responding');
  const checks = { type: 'candidate-pair', requestsSent: 40, responsesReceived: 0 };
  const relayed = [local('relay', { relayProtocol: 'tls' }), remote('host'), checks];
  equal(outcome(read(relayed), 'Relay over TLS'), 'reached');
  equal(outcome(read(relayed), 'Checks'), '40 sent, 0 received');
  likely(read(relayed), 'Grace can’t reach a relay');
  likely(read([...relayed, remote('relay')]), 'Both sides reach a relay');
});

test('What is still under way or skipped is named so', () => {
  equal(outcome(read([], { gathering: true }), 'Relay over TCP'), 'no answer yet');
  const only = read([], { policy: 'relay' });
  equal(outcome(only, 'Direct'), 'skipped: relay only');
  equal(outcome(only, 'STUN'), undefined);
});
