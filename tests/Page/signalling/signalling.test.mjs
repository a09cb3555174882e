// The runner of the signalling connection, with a fake WebSocket and mocked timers.
import test, { beforeEach, mock } from 'node:test';
import { deepEqual, equal, match } from 'node:assert/strict';
import { welcome } from './client.mjs';

let lines, listeners;

class FakeWebSocket {
  sent = [];
  closed = null;

  constructor(url, subprotocol) {
    Object.assign(this, { url, subprotocol });
    lines.push(this);
  }

  send(text) {
    this.sent.push(JSON.parse(text));
  }

  close(code) {
    this.closed = code;
  }

  hear(message) {
    this.onmessage({ data: JSON.stringify(message) });
  }

  get said() {
    return this.sent.map(({ type }) => type).join();
  }
}

const globals = {
  WebSocket: FakeWebSocket,
  addEventListener: (type, listener) => listeners.push(listener),
  removeEventListener: (type, listener) => listeners = listeners.filter(other => other !== listener),
};
for (const [name, value] of Object.entries(globals)) Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });

const { Signalling, subprotocol } = await import('../../../signalling/wwwroot/js/signalling/signalling.js');

const options = { url: 'ws://server.example/ws', room: 'tea', name: 'Ann' };

function joined(greeting = {}, more = {}) {
  const signalling = new Signalling({ ...options, ...more });
  signalling.open();
  lines.at(-1).onopen();
  lines.at(-1).hear({ ...welcome, ...greeting });
  return signalling;
}

beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ['setTimeout'] });
  lines = [];
  listeners = [];
});

test('A connection opens with the subprotocol, says hello with the client key and stores the key once it is known', () => {
  const key = { value: 'secret', replaces: 'earlier', kept: 0, keep() { this.kept++; } };
  const signalling = new Signalling({ ...options, key });
  signalling.open();
  const [line] = lines;
  deepEqual([line.url, line.subprotocol], [options.url, subprotocol]);
  line.onopen();
  deepEqual(line.sent, [{ type: 'hello', room: 'tea', name: 'Ann', key: 'secret', replaces: 'earlier' }]);
  equal(key.kept, 0);
  line.hear(welcome);
  equal(key.kept, 1);
});

test('Events from within a listener wait until all effects are performed', () => {
  const signalling = new Signalling(options);
  const order = [];
  signalling.on('welcome', () => {
    order.push('welcome');
    signalling.send('bob', 'x');
    order.push(lines[0].said);
  });
  signalling.on('alive', () => order.push('alive'));
  signalling.open();
  lines[0].onopen();
  lines[0].hear(welcome);
  deepEqual(order, ['welcome', 'hello', 'alive']);
  equal(lines[0].said, 'hello,signal');
});

test('A listener that fails is reported and stops nothing', () => {
  const reported = mock.fn();
  globalThis.reportError = reported;
  const signalling = new Signalling(options);
  signalling.on('welcome', () => { throw new Error('a listener’s mistake'); });
  let alive = 0;
  signalling.on('alive', () => alive++);
  signalling.open();
  lines[0].onopen();
  lines[0].hear(welcome);
  equal(alive, 1);
  match(reported.mock.calls[0].arguments[0].message, /mistake/);
});

test('Timers run and are stopped', () => {
  const signalling = joined();
  signalling.send('bob', 'a');
  mock.timers.tick(4_000);
  equal(lines[0].said, 'hello,signal,signal', 'sent again');
  lines[0].hear({ type: 'ack', from: 'bob', ack: 1 });
  mock.timers.tick(15_000);
  equal(lines[0].said, 'hello,signal,signal', 'and not once more');
  signalling.check();
  mock.timers.tick(2_500);
  equal(lines[0].closed, 4007);
  mock.timers.tick(500);
  equal(lines.length, 2, 'the next attempt');
});

test('What the earlier socket still reports is ignored', () => {
  const signalling = joined();
  const states = [];
  signalling.on('state', ({ state }) => states.push(state));
  signalling.check();
  mock.timers.tick(2_500);
  listeners[0]();
  lines[0].onclose({ code: 1000 });
  lines[0].hear({ type: 'left', member: 'bob', reason: 'left' });
  deepEqual(states, ['waiting', 'connecting']);
});

test('What is not JSON is ignored', () => {
  joined();
  lines[0].onmessage({ data: 'no JSON' });
  equal(lines[0].closed, null);
});

test('After leaving nothing more happens', () => {
  const signalling = joined();
  signalling.leave();
  equal(lines[0].said, 'hello,leave');
  equal(lines[0].closed, 1000);
  deepEqual(listeners, []);
  lines[0].onclose({ code: 1006 });
  mock.timers.tick(600_000);
  equal(lines.length, 1);
});

test('A WebSocket that does not open is explained by what the server answers otherwise', async () => {
  const explained = async (answer, onLine = true) => {
    Object.defineProperty(globalThis, 'navigator', { value: { onLine }, configurable: true });
    globalThis.fetch = async url => {
      equal(url.href, 'http://server.example/healthz');
      return answer();
    };
    const signalling = new Signalling(options);
    const words = [];
    signalling.on('state', state => state.words && words.push(state.words));
    signalling.open();
    lines.at(-1).onclose({ code: 1006 });
    for (let i = 0; i < 10; i++) await null;
    signalling.leave();
    return words;
  };
  const answering = await explained(() => ({ ok: true, status: 200 }));
  match(answering[0], /isn’t responding/, 'at once');
  match(answering.at(-1), /not over WebSocket/);
  match((await explained(() => ({ ok: false, status: 503 }))).at(-1), /503/);
  equal((await explained(() => { throw new TypeError('nothing answers'); })).length, 1, 'without an answer nothing more is known');
  match((await explained(() => {}, false)).at(-1), /offline/);
});
