import test, { mock } from 'node:test';
import { deepEqual, equal, ok } from 'node:assert/strict';
import { Chat, maxText } from '../../../signalling/wwwroot/js/call/chat.js';
import { describeDelivery } from '../../../signalling/wwwroot/js/call/delivery.js';

mock.timers.enable({ apis: ['setTimeout'] });

const person = (name, isOpen, takes = true) => ({
  id: name,
  name,
  channel: {
    isOpen,
    sent: [],
    send(message) {
      this.sent.push(message);
      return takes;
    },
  },
});

function chatOf(...people) {
  const chat = new Chat(() => people);
  const seen = { words: null, messages: [] };
  chat.on('delivery', delivery => seen.words = describeDelivery(delivery).words);
  chat.on('message', message => seen.messages.push(message));
  return { chat, seen };
}

test('The delivery of a message is reported as it is confirmed or lost', () => {
  const [ada, emil, grace] = [person('Ada', true), person('Emil', false), person('Grace', true, false)];
  const { chat, seen } = chatOf(ada, emil, grace);
  chat.say('Hello');
  equal(seen.words, 'Not delivered to Grace. Waiting for the connection to Ada and Emil', 'said at once, not after a while');
  const confirmation = { type: 'chat-got', id: ada.channel.sent[0].id };
  chat.take(ada, confirmation);
  equal(seen.words, 'Delivered to 1 of 3. Not delivered to Grace. Waiting for the connection to Emil');
  chat.take(ada, confirmation);
  ok(seen.words.startsWith('Delivered to 1 of 3'), 'confirmed twice is confirmed once');
  chat.lose(emil);
  equal(seen.words, 'Delivered to 1 of 3. Not delivered to Grace and Emil');
});

test('A message that is not confirmed in time is waiting', () => {
  const { chat, seen } = chatOf(person('Ada', true));
  chat.say('Hello');
  equal(seen.words, '');
  mock.timers.tick(3_000);
  equal(seen.words, 'Waiting for the connection to Ada');
});

test('A message that arrives twice is shown once and confirmed again', () => {
  const ada = person('Ada', true);
  const { chat, seen } = chatOf(ada);
  for (let i = 0; i < 2; i++) chat.take(ada, { type: 'chat', id: '1', text: 'x'.repeat(maxText + 1) });
  deepEqual(seen.messages.map(({ name, text }) => [name, text.length]), [['Ada', maxText]]);
  deepEqual(ada.channel.sent, [{ type: 'chat-got', id: '1' }, { type: 'chat-got', id: '1' }]);
  const invalid = [{ id: 1, text: 'x' }, { id: 'x'.repeat(65), text: 'x' }, { id: '2', text: {} }];
  for (const message of invalid) chat.take(ada, { type: 'chat', ...message });
  equal(seen.messages.length, 1);
});
