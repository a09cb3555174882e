import test from 'node:test';
import { equal } from 'node:assert/strict';
import { Pulse } from '../../../signalling/wwwroot/js/call/pulse.js';

test('A path counts as alive for six seconds after something came over it', () => {
  const pulse = new Pulse(0);
  equal(pulse.beats(0), false);
  equal(pulse.met, false);
  pulse.connected(1_000);
  equal(pulse.met, true);
  pulse.measured(10, 2_000);
  equal(pulse.beats(7_999), true);
  pulse.measured(10, 7_000);
  equal(pulse.beats(8_000), false, 'the same number is nothing new');
  pulse.measured(11, 9_000);
  equal(pulse.beats(9_000), true);
});

test('What came is known to be later than a moment only after two measurements', () => {
  const pulse = new Pulse(0);
  pulse.measured(10, 1_000);
  pulse.measured(20, 2_000);
  equal(pulse.heardSince(1_500), false, 'it may have come before');
  pulse.measured(30, 3_000);
  equal(pulse.heardSince(1_500), true);
});

test('The wait for a path counts from the last sign of life, or from the last attempt', () => {
  const pulse = new Pulse(1_000);
  equal(pulse.waited(5_000), 4_000);
  pulse.connected(6_000);
  equal(pulse.waited(9_000), 3_000);
  pulse.waits(8_000);
  equal(pulse.waited(9_000), 1_000);
});
