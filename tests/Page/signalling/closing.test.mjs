import test from 'node:test';
import { equal, match, ok } from 'node:assert/strict';
import { explainClose } from '../../../signalling/wwwroot/js/signalling/closing.js';

test('Close codes that pass are retried', () => {
  for (const code of [1001, 1005, 1006, 1011, 1012, 1013, 4003, 4004, 4006, 4007, 4008]) {
    equal(explainClose(code).again, true, `${code}`);
    match(explainClose(code).words, /Trying again…$/);
  }
  match(explainClose(1013).words, /full/);
  match(explainClose(4008).words, /your network/);
});

test('Close codes that only a person can act on are final', () => {
  for (const code of [1000, 1003, 1008, 1009, 4000, 4001, 4002, 4005]) {
    equal(explainClose(code).again, false, `${code}`);
    ok(explainClose(code).words.length > 10);
  }
  equal(explainClose(4001, 'as the server says').words, 'as the server says');
});
