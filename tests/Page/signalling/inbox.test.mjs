import test from 'node:test';
import { equal } from 'node:assert/strict';
import { accept } from '../../../signalling/wwwroot/js/signalling/inbox.js';

test('An inbox takes each message once and in order', () => {
  let last = 0;
  const take = seq => {
    const verdict = accept(last, seq);
    if (verdict === 'next') last = seq;
    return verdict;
  };
  equal(take(1), 'next');
  equal(take(1), 'duplicate');
  equal(take(3), 'gap');
  equal(last, 1, 'a gap is not acknowledged');
  equal(take(2), 'next');
  equal(take(3), 'next');
  equal(last, 3);
});

test('A sequence number that is not a positive integer is dropped', () => {
  for (const bad of [0, -1, 1.5, '4', null, undefined, NaN]) equal(accept(3, bad), 'duplicate', String(bad));
});
