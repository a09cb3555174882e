import test from 'node:test';
import { deepEqual, equal } from 'node:assert/strict';
import { acknowledge, emptyOutbox, push } from '../../../signalling/wwwroot/js/signalling/outbox.js';

const seqs = outbox => outbox.waiting.map(({ seq }) => seq);
const filled = payloads => payloads.reduce((outbox, payload) => push(outbox, payload, 3).outbox, emptyOutbox);

test('An outbox keeps what is not acknowledged and refuses beyond its bound', () => {
  const full = filled(['a', 'b', 'c']);
  deepEqual(full.waiting, [{ seq: 1, payload: 'a' }, { seq: 2, payload: 'b' }, { seq: 3, payload: 'c' }]);
  equal(push(full, 'd', 3), null);
  const acknowledged = acknowledge(full, 2);
  deepEqual(seqs(acknowledged), [3]);
  equal(push(acknowledged, 'd', 3).message.seq, 4, 'numbers go on without a gap');
});

test('An acknowledgement that is old, of something never sent or not a number changes nothing', () => {
  const outbox = acknowledge(filled(['a', 'b', 'c']), 2);
  for (const ack of [1, 2, 9, '3', null, undefined, 2.5, NaN]) equal(acknowledge(outbox, ack), outbox, String(ack));
});

test('An outbox is a value', () => {
  const before = filled(['a']);
  push(before, 'b', 3);
  acknowledge(before, 1);
  deepEqual(before, { last: 1, waiting: [{ seq: 1, payload: 'a' }] });
  deepEqual(emptyOutbox, { last: 0, waiting: [] });
});
