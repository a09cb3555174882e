import test from 'node:test';
import { deepEqual, equal, match } from 'node:assert/strict';
import { describeCall, describeJoining, describeMember, patience } from '../../../signalling/wwwroot/js/call/condition.js';

test('Each state of a connection has one text', () => {
  const good = { level: 'good', words: [] };
  const flows = { connection: 'connected', path: 'direct', rtt: 34, quality: good, quiet: false, met: true, waited: 0, reachable: true };
  const member = change => describeMember({ ...flows, ...change });
  equal(member({}).badge, 'Direct · 34 ms');
  equal(member({}).level, 'good');
  equal(member({ quality: { level: 'poor', words: ['32 % lost', 'picture freezes'] } }).badge, 'Direct · 32 % lost');
  equal(member({ quality: { level: 'poor', words: ['32 % lost'] } }).level, 'poor');

  const looks = { connection: 'connecting', path: null, met: false };
  deepEqual([member(looks).badge, member(looks).stuck], ['Connecting', false]);
  const looked = member({ ...looks, waited: patience });
  deepEqual([looked.badge, looked.stuck], ['Not connected', true]);
  equal(member({ quiet: true }).badge, 'Reconnecting', 'the browser takes long to see that a path is dead');
  equal(member({ quiet: true, waited: patience }).stuck, true);
  equal(member({ ...looks, waited: patience, reachable: false }).stuck, false, 'without signalling the banner says what is wrong');
  equal(member({ reachable: false }).badge, 'Direct · 34 ms');
});

test('The banner says what is lost, and whether the call continues', () => {
  const call = change => describeCall({ reachable: false, online: true, members: 2, flowing: 0, silent: 0, ...change });
  equal(call({ reachable: true }), '');
  equal(call({}), 'Lost the server connection. Reconnecting…', 'the state of the media is not known yet');
  match(call({ flowing: 1, silent: 1 }), /Your call continues/);
  match(call({ silent: 2 }), /Lost the connection to the server and to the others/);
  equal(call({ silent: 2 }).includes('continues'), false);
  match(call({ silent: 2, online: false }), /offline/);
  match(call({ members: 0 }), /Others can’t join/);
});

test('The lobby says why joining takes long', () => {
  match(describeJoining({ online: false, words: 'full' }), /offline/);
  equal(describeJoining({ online: true, words: 'full' }), 'full');
  match(describeJoining({ online: true }), /isn’t responding/);
});
