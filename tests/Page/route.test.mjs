import test from 'node:test';
import { deepEqual, equal, ok } from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { isRoom, readPolicy, readRoute, roomPath, toRoom } from '../../signalling/wwwroot/js/route.js';

const { rooms } = JSON.parse(readFileSync(new URL('../vectors/names.json', import.meta.url)));

test('The page takes the room names that the server takes, in every case of names.json', () => {
  for (const { given, name } of rooms) {
    equal(isRoom(given), name !== null, given);
    if (name) deepEqual(readRoute(new URL(roomPath(name), 'http://localhost')), { page: 'room', room: name });
    const proposed = toRoom(given);
    ok(proposed === '' || isRoom(proposed), `${given} → ${proposed}`);
  }
});

test('An address names the start page, a room, or what cannot be one', () => {
  equal(readRoute({ pathname: '/' }).page, 'start');
  deepEqual(readRoute({ pathname: '/r/tea/' }), { page: 'room', room: 'tea' });
  deepEqual(readRoute({ pathname: '/r/our%20room!' }), { page: 'bad', given: 'our room!', suggestion: 'our-room' });
  deepEqual(readRoute({ pathname: '/r/%E0%A4%A' }), { page: 'bad', given: '%E0%A4%A', suggestion: 'E0-A4-A' });
});

test('“?relay” asks for the relay alone', () => {
  equal(readPolicy({ search: '?relay' }), 'relay');
  equal(readPolicy({ search: '' }), 'all');
});
