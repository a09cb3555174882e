import test from 'node:test';
import { deepEqual, equal } from 'node:assert/strict';
import { Channel } from '../../../signalling/wwwroot/js/call/channel.js';

const line = () => ({
  readyState: 'connecting',
  bufferedAmount: 0,
  sent: [],
  send(text) {
    this.sent.push(JSON.parse(text));
  },
});

test('What is sent before a channel is open leaves in order when it opens', () => {
  const channel = new Channel();
  equal(channel.send({ type: 'a' }), true);
  const data = line();
  channel.use(data);
  channel.send({ type: 'b' });
  deepEqual(data.sent, []);
  data.readyState = 'open';
  let opened = 0;
  channel.on('open', () => opened++);
  data.onopen();
  channel.send({ type: 'c' });
  deepEqual(data.sent.map(({ type }) => type), ['a', 'b', 'c']);
  equal(opened, 1);
});

test('A channel refuses more than it can hold', () => {
  const channel = new Channel();
  for (let i = 0; i < 200; i++) equal(channel.send({ type: 'x' }), true);
  equal(channel.send({ type: 'x' }), false, 'before it is open');
  const data = Object.assign(line(), { readyState: 'open' });
  channel.use(data);
  equal(data.sent.length, 200);
  data.bufferedAmount = 2 << 20;
  equal(channel.send({ type: 'x' }), false, 'while its buffer is full');
});

test('Only objects with a type are handed out', () => {
  const channel = new Channel();
  const data = line();
  const heard = [];
  channel.use(data);
  channel.on('message', message => heard.push(message.type));
  const huge = JSON.stringify({ type: 'huge', text: 'x'.repeat(16_384) });
  for (const text of ['{"type":"chat"}', '{"type":1}', '[]', 'null', 'no JSON', huge, new ArrayBuffer(8)]) data.onmessage({ data: text });
  deepEqual(heard, ['chat']);
});
