import test from 'node:test';
import { equal } from 'node:assert/strict';
import { Silence } from '../../../signalling/wwwroot/js/call/silence.js';

const reported = (measured, expected = true) => {
  const silence = new Silence(2);
  return measured.map(received => silence.measure(received, expected) ? 'silent' : '-').join(' ');
};

test('A silence is noticed once, and again after something came', () => {
  equal(reported([10, 20, 20, 20, 20, 20]), '- - - silent - -');
  equal(reported([10, 20, 20, 30, 30, 30, 30]), '- - - - - silent -');
});

test('A silence is noticed only where something came before and more is sent', () => {
  equal(reported([0, 0, 0, 0]), '- - - -', 'nothing came yet');
  equal(reported([10, 10, 10, 10], false), '- - - -', 'the other side sends nothing');
});

test('A path that is looked for again is given time', () => {
  const excused = new Silence(2);
  excused.measure(10, true);
  excused.excuse();
  equal([10, 10, 10, 10, 10].findIndex(received => excused.measure(received, true)), 4);
  excused.excuse();
  equal([10, 10, 10, 10, 10].findIndex(received => excused.measure(received, true)), -1, 'it is still the same silence');
});
