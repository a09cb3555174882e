import test from 'node:test';
import { equal, match } from 'node:assert/strict';
import { proposeRoom } from '../../signalling/wwwroot/js/room-name.js';
import { isRoom } from '../../signalling/wwwroot/js/route.js';

test('A proposed room can be said over a telephone and is hard to guess', () => {
  const names = Array.from({ length: 200 }, proposeRoom);
  for (const name of names) {
    match(name, /^[a-z]+-[a-z]+-[a-z0-9]{6}$/);
    equal(isRoom(name), true);
  }
  equal(new Set(names).size, names.length);
});
