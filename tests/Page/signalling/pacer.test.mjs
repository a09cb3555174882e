import test from 'node:test';
import { deepEqual, equal } from 'node:assert/strict';
import { clearPacer, drain, enqueue, idlePacer, limitPacer } from '../../../signalling/wwwroot/js/signalling/pacer.js';

const filled = (pacer, count) => Array.from({ length: count }, (_, index) => index).reduce(enqueue, pacer);

test('A pacer lets a burst pass, then four fifths of the limit, in order', () => {
  let pacer = filled(limitPacer(idlePacer, 10), 30), now = 1000;
  const sent = [], at = [];
  for (let step; ; now += step.wait) {
    step = drain(pacer, now);
    sent.push(...step.sent);
    for (const _ of step.sent) at.push(now);
    pacer = step.pacer;
    if (step.wait === 0) break;
  }
  deepEqual(sent, Array.from({ length: 30 }, (_, index) => index));
  equal(at.filter(time => time === 1000).length, 10, 'the burst');
  const seconds = (at.at(-1) - 1000) / 1000;
  equal(Math.round(20 / seconds), 8, 'and then eight a second');
});

test('A pacer whose connection ended forgets what waits, and not how much was sent', () => {
  const { pacer } = drain(filled(limitPacer(idlePacer, 10), 30), 0);
  equal(pacer.queue.length, 20);
  const cleared = clearPacer(pacer);
  equal(cleared.queue.length, 0);
  equal(drain(enqueue(cleared, 'x'), 0).sent.length, 0);
});

test('A limit below one message per second still lets messages pass', () => {
  equal(drain(enqueue(limitPacer(idlePacer, 0), 'x'), 0).sent.length, 1);
});
