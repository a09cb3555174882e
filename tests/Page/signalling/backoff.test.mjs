import test from 'node:test';
import { deepEqual, equal } from 'node:assert/strict';
import { backoff } from '../../../signalling/wwwroot/js/signalling/backoff.js';

test('A backoff doubles and stays bounded', () => {
  const attempts = [0, 1, 2, 3, 4, 5, 6];
  deepEqual(attempts.map(attempt => backoff(attempt, 1)), [500, 1000, 2000, 4000, 8000, 15_000, 15_000]);
  equal(backoff(2_000, 1), 15_000, 'for days too');
});

test('Half of a backoff is random', () => {
  equal(backoff(0, 0), 250);
  equal(backoff(0, 0.5), 375);
  equal(backoff(9, 0), 7_500);
});
