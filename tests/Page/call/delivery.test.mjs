import test from 'node:test';
import { equal } from 'node:assert/strict';
import { describeDelivery, list } from '../../../signalling/wwwroot/js/call/delivery.js';

test('A message says whom it did not reach', () => {
  const words = delivery => describeDelivery({ got: [], waiting: [], missed: [], late: false, ...delivery }).words;
  equal(words({}), 'Not sent: no one else is here');
  equal(words({ waiting: ['Ada'] }), '', 'it is on its way');
  equal(words({ waiting: ['Ada'], late: true }), 'Waiting for the connection to Ada');
  equal(words({ got: ['Ada'], waiting: ['Emil'] }), 'Delivered to 1 of 2');
  equal(words({ got: ['Ada'], missed: ['Emil'] }), 'Delivered to 1 of 2. Not delivered to Emil');
  equal(words({ got: ['Ada', 'Emil'] }), 'Delivered');
});

test('No more than three people are listed by name', () => {
  equal(list([]), '');
  equal(list(['Ada', 'Emil', 'Flo']), 'Ada, Emil and Flo');
  equal(list(['Ada', 'Emil', 'Flo', 'Grace', 'Hal']), 'Ada, Emil and 3 others');
});
