import test from 'node:test';
import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { transition } from '../../../signalling/wwwroot/js/signalling/machine.js';
import { Client, emitted, kinds, present, welcome } from './client.mjs';

const types = messages => messages.map(({ type }) => type);
const error = (code, more = {}) => ({ type: 'error', code, message: code, fatal: false, ...more });

// For each status and event: the next status. An event that is missing leaves the status as it is.
const table = {
  idle: { open: 'connecting', leave: 'ended' },
  connecting: { welcome: 'open', closed: 'waiting', full: 'ended', refusal: 'ended', welcomeTimeout: 'waiting', leave: 'ended' },
  open: { closed: 'waiting', full: 'ended', checkTimeout: 'waiting', leave: 'ended' },
  waiting: { check: 'connecting', checkTimeout: 'connecting', online: 'connecting', retryTimeout: 'connecting', leave: 'ended' },
  ended: {},
};
const events = {
  open: client => client.feed('open', { key: 'key' }),
  opened: client => client.feed('opened', { socket: client.state.socket ?? 0 }),
  welcome: client => client.feed('message', { socket: client.state.socket ?? 0, message: welcome }),
  closed: client => client.feed('closed', { socket: client.state.socket ?? 0, code: 1006 }),
  full: client => client.feed('closed', { socket: client.state.socket ?? 0, code: 4001 }),
  refusal: client => client.feed('message', { socket: client.state.socket ?? 0, message: error('bad-message') }),
  send: client => client.send('bob', 'x'),
  check: client => client.feed('check'),
  checkTimeout: client => (client.feed('check'), client.timeout('check')),
  online: client => client.feed('online'),
  welcomeTimeout: client => client.timeout('welcome'),
  retryTimeout: client => client.timeout('retry'),
  pingTimeout: client => client.timeout('ping'),
  explained: client => client.feed('explained', { words: 'why', retryIn: 500 }),
  leave: client => client.feed('leave'),
};

test('Every event leads from every status where the table says', () => {
  for (const [status, following] of Object.entries(table)) {
    for (const [name, happens] of Object.entries(events)) {
      const client = Client.at(status);
      equal(client.state.status, status);
      happens(client);
      equal(client.state.status, following[name] ?? status, `${status}: ${name}`);
    }
  }
});

test('A transition changes neither the state nor the event that it is given', () => {
  const refuse = () => { throw new Error('a given state is changed'); };
  const freeze = value => {
    if (value === null || typeof value !== 'object' || Object.isFrozen(value)) return value;
    if (value instanceof Map || value instanceof Set) {
      Object.assign(value, { set: refuse, add: refuse, delete: refuse, clear: refuse });
      value.forEach(freeze);
    }
    Object.values(value).forEach(freeze);
    return Object.freeze(value);
  };
  for (const status of Object.keys(table)) {
    for (const happens of Object.values(events)) {
      const client = Client.at(status);
      if (status === 'open') {
        client.send('bob', 'a');
        client.hear({ type: 'signal', from: 'bob', seq: 1, ack: 0, payload: 'b' });
      }
      client.feed = function (type, details = {}) {
        const event = freeze({ type, ...details, now: this.now, random: this.random });
        const { state, effects } = transition(freeze(this.state), event);
        this.state = state;
        return effects;
      };
      happens(client);
    }
  }
});

test('The first connection sends hello with room, name and key', () => {
  const client = new Client();
  deepEqual(kinds(client.feed('open', { key: 'key', replaces: 'earlier' })), ['listen', 'emit state', 'connect', 'start welcome']);
  client.feed('opened', { socket: 1 });
  deepEqual(JSON.parse(JSON.stringify(client.sent)), [{ type: 'hello', room: 'tea', name: 'Ann', key: 'key', replaces: 'earlier' }]);
  deepEqual(kinds(client.hear(welcome)), ['stop welcome', 'remember', 'start ping', 'emit state', 'emit welcome', 'emit alive']);
});

test('A connection that comes back resumes the session, under the name that the server gave', () => {
  const client = Client.at('open', { name: 'Ann B' });
  client.close(1006);
  client.feed('online');
  client.feed('opened', { socket: client.state.socket });
  const [hello] = client.sent;
  equal(hello.resume, 'token');
  equal(hello.name, 'Ann B');
});

test('Events of an earlier socket and timers that were stopped are ignored', () => {
  const client = Client.at('open');
  const earlier = client.state.socket;
  client.close(1006);
  client.comeBack();
  const before = client.state;
  for (const [type, details] of [['opened', {}], ['message', { message: error('internal', { fatal: true }) }], ['closed', { code: 4001 }]])
    deepEqual(client.feed(type, { socket: earlier, ...details }), []);
  equal(client.state, before);
  for (const timer of ['retry', 'welcome', 'check', 'pace', 'acknowledge bob', 'resend bob']) deepEqual(client.timeout(timer), [], timer);
});

test('A server that sends no welcome is given up for another attempt', () => {
  const client = Client.at('connecting');
  client.feed('opened', { socket: 1 });
  deepEqual(kinds(client.timeout('welcome')), ['disconnect 4007', 'emit state', 'start retry']);
});

test('Waiting times double until a connection comes about', () => {
  const client = new Client();
  client.feed('open');
  const waits = Array.from({ length: 4 }, () => {
    const wait = emitted(client.close(1006), 'state')[0].retryIn;
    client.timeout('retry');
    return wait;
  });
  deepEqual(waits, [500, 1000, 2000, 4000]);
  client.hear(welcome);
  equal(emitted(client.close(1006), 'state')[0].retryIn, 500);
});

test('Being online again, or a check, ends the wait at once and starts the waiting times over', () => {
  for (const event of ['online', 'check']) {
    const client = Client.at('waiting');
    client.timeout('retry');
    client.close(1006);
    deepEqual(kinds(client.feed(event)), ['stop retry', 'emit state', 'connect', 'start welcome']);
    equal(emitted(client.close(1006), 'state')[0].retryIn, 500);
  }
});

test('A connection that does not answer a check is replaced', () => {
  const client = Client.at('open');
  deepEqual(kinds(client.feed('check')), ['transmit ping', 'start check']);
  deepEqual(client.feed('check'), [], 'one ping');
  deepEqual(kinds(client.hear({ type: 'pong' })), ['stop check', 'emit alive']);
  deepEqual(kinds(client.hear({ type: 'pong' })), [], 'a message without a check before');

  client.feed('check');
  deepEqual(kinds(client.timeout('check')), ['disconnect 4007', 'stop ping', 'emit state', 'start retry'], 'which keeps the session');
  client.feed('check');
  client.feed('opened', { socket: client.state.socket });
  equal(client.sent[0].resume, 'token', 'the same session');
  equal(emitted(client.hear({ ...welcome, resumed: true }), 'alive').length, 1);
});

test('A check is answered by anything that is heard, and it overtakes what the pacer holds back', () => {
  const client = Client.at('open', { limits: { messagesPerSecond: 1 } });
  client.send('bob', 'a');
  client.send('bob', 'b');
  deepEqual(types(client.sent), ['hello', 'signal']);
  client.feed('check');
  deepEqual(types(client.sent), ['hello', 'signal', 'ping']);
  ok(kinds(client.hear(null)).includes('emit alive'), 'even by what is not JSON');
});

test('A page that was frozen asks before it gives its connection up', () => {
  const client = Client.at('open');
  client.now += 300_000;
  deepEqual(kinds(client.timeout('ping')), ['start ping', 'transmit ping', 'start check']);
  client.hear({ type: 'pong' });
  for (let i = 0; i < 2; i++) {
    client.now += 20_000;
    deepEqual(kinds(client.timeout('ping')), ['start ping', 'transmit ping']);
  }
  client.now += 20_000;
  equal(kinds(client.timeout('ping'))[0], 'disconnect 4007', 'silent for more than two intervals while awake');
  equal(client.state.status, 'waiting');
});

test('A refused hello is not repeated', () => {
  const client = Client.at('connecting');
  const effects = client.hear(error('bad-message', { message: 'hello.name: too long' }));
  deepEqual(emitted(effects, 'closed'), [{ code: 'bad-message', words: 'hello.name: too long' }]);
  ok(kinds(effects).includes('disconnect 1000'));
  equal(client.state.timers.size, 0);
});

test('A final close ends the call with the server’s words, one that passes is retried', () => {
  const full = Client.at('connecting');
  full.hear(error('room-full', { fatal: true, message: 'the room is full: 8 members' }));
  deepEqual(emitted(full.close(4001), 'closed'), [{ code: 4001, words: 'the room is full: 8 members' }]);

  const taken = Client.at('open');
  match(emitted(taken.close(4002), 'closed')[0].words, /connection/);

  const many = Client.at('connecting');
  many.hear(error('address-full', { fatal: true }));
  match(emitted(many.close(4008), 'state')[0].words, /your network/);
  equal(many.state.fatal, '', 'the words belong to that connection');

  const draining = Client.at('open');
  deepEqual(kinds(draining.close(1001)), ['stop ping', 'emit state', 'start retry']);
  draining.timeout('retry');
  draining.feed('opened', { socket: draining.state.socket });
  equal(draining.sent[0].resume, 'token');
});

test('Only a WebSocket that never opened is explained, while the person waits', () => {
  const client = Client.at('connecting');
  const [{ retryIn }] = client.close(1006).filter(({ type }) => type === 'explain');
  deepEqual(emitted(client.feed('explained', { retryIn, words: 'why' }), 'state'), [{ state: 'waiting', retryIn, words: 'why' }]);
  deepEqual(client.feed('explained', { retryIn, words: '' }), [], 'nothing more is known');
  client.timeout('retry');
  client.hear(welcome);
  deepEqual(client.feed('explained', { retryIn, words: 'too late' }), []);
  equal(kinds(client.close(1006)).includes('explain'), false);
});

test('A signal is sent with its number and acknowledges what came; it is kept until it is acknowledged', () => {
  const client = Client.at('open');
  deepEqual(kinds(client.send('bob', 'a')), ['transmit signal', 'start resend bob']);
  deepEqual(client.sent.at(-1), { type: 'signal', to: 'bob', seq: 1, ack: 0, payload: 'a' });
  client.hear({ type: 'signal', from: 'bob', seq: 1, ack: 0, payload: 'b' });
  deepEqual(kinds(client.send('bob', 'c')), ['stop acknowledge bob', 'transmit signal']);
  deepEqual([client.sent.at(-1).seq, client.sent.at(-1).ack], [2, 1]);
  deepEqual(kinds(client.hear({ type: 'ack', from: 'bob', ack: 1 })), ['stop resend bob', 'start resend bob']);
  deepEqual(kinds(client.hear({ type: 'ack', from: 'bob', ack: 2 })), ['stop resend bob']);
  equal(client.state.pairs.get('bob').outbox.waiting.length, 0);
});

test('A signal is handed out once and in order, and acknowledged also when it comes twice', () => {
  const client = Client.at('open');
  const signal = (seq, payload) => client.hear({ type: 'signal', from: 'bob', seq, ack: 0, payload });
  deepEqual(kinds(signal(1, 'a')), ['emit signal', 'start acknowledge bob']);
  deepEqual(kinds(signal(3, 'c')), [], 'after a gap');
  client.timeout('acknowledge bob');
  deepEqual(client.sent.at(-1), { type: 'ack', to: 'bob', ack: 1 });
  deepEqual(kinds(signal(1, 'a')), ['start acknowledge bob']);
  deepEqual(emitted(signal(2, 'b'), 'signal'), [{ from: 'bob', payload: 'b' }]);
});

test('What is not acknowledged is sent again, ever more slowly, and quickly again after an acknowledgement', () => {
  const client = Client.at('open');
  client.send('bob', 'a');
  client.send('bob', 'b');
  const waits = Array.from({ length: 4 }, () => client.timeout('resend bob').find(({ timer }) => timer === 'resend bob').after);
  deepEqual(waits, [8_000, 16_000, 16_000, 16_000]);
  equal(client.sent.filter(({ seq }) => seq === 1).length, 5);
  const effects = client.hear({ type: 'ack', from: 'bob', ack: 1 });
  equal(effects.find(({ type }) => type === 'start').after, 4_000);
});

test('What was sent while the connection was lost goes out in order after a resume, and once', () => {
  const client = Client.at('open', { members: present('bob') });
  client.send('bob', 'a');
  client.close(1006);
  client.send('bob', 'b');
  client.comeBack({ resumed: true, members: present('bob') });
  deepEqual(client.sent.slice(1).map(({ seq, payload }) => `${seq}${payload}`), ['1a', '2b']);
});

test('Numbers start over in a new session and for a member who left', () => {
  const lostSession = Client.at('open', { members: present('bob') });
  lostSession.send('bob', 'a');
  lostSession.close(1006);
  deepEqual(emitted(lostSession.comeBack({ resumed: false, members: present('bob') }), 'state'), [{ state: 'open', resumed: false }]);
  equal(lostSession.state.pairs.size, 0);
  lostSession.send('bob', 'b');
  equal(lostSession.sent.at(-1).seq, 1);

  const missing = Client.at('open', { members: present('bob', 'cy') });
  for (const member of ['bob', 'cy']) missing.send(member, 'a');
  missing.close(1006);
  missing.comeBack({ resumed: true, members: present('cy') });
  deepEqual([...missing.state.pairs.keys()], ['cy']);

  const leaves = Client.at('open', { members: present('bob') });
  leaves.send('bob', 'a');
  leaves.hear({ type: 'signal', from: 'bob', seq: 1, ack: 0, payload: 'b' });
  deepEqual(kinds(leaves.hear({ type: 'left', member: 'bob', reason: 'left' })), ['stop acknowledge bob', 'stop resend bob', 'emit left']);
});

test('A gap is filled from the outbox; a member that left is forgotten', () => {
  const client = Client.at('open');
  client.send('bob', 'a');
  client.send('bob', 'b');
  client.hear(error('gap', { to: 'bob', seq: 1 }));
  deepEqual(client.sent.slice(-2).map(({ seq }) => seq), [1, 2]);
  deepEqual(client.hear(error('gap', { to: 'stranger', seq: 1 })), []);
  deepEqual(kinds(client.hear(error('no-such-member', { to: 'bob' }))), ['stop resend bob']);
  client.send('bob', 'c');
  equal(client.sent.at(-1).seq, 1);
});

test('Errors that take care of themselves are not shown, others are', () => {
  const client = Client.at('open');
  for (const code of ['gap', 'outbox-full', 'too-fast']) deepEqual(emitted(client.hear(error(code)), 'notice'), []);
  deepEqual(emitted(client.hear(error('bad-ack')), 'notice'), [{ code: 'bad-ack', message: 'bad-ack' }]);
});

test('A full outbox ends the session, and the server hears so', () => {
  const client = Client.at('open', { limits: { outbox: 1 } });
  client.send('bob', 'a');
  const expected = ['transmit leave', 'stop resend bob', 'disconnect 4007', 'stop ping', 'emit state', 'start retry'];
  deepEqual(kinds(client.send('bob', 'b')), expected);
  equal(client.state.session, null);
  client.comeBack({ resumed: false });
  equal(client.sent[0].resume, undefined);
});

test('An outbox that fills while there is no connection ends the session without another wait', () => {
  const client = Client.at('open', { limits: { outbox: 1 } });
  client.close(1006);
  client.send('bob', 'a');
  deepEqual(kinds(client.send('bob', 'b')), ['stop resend bob']);
  deepEqual([client.state.session, client.state.status], [null, 'waiting']);
});

test('A page that joins a full room is not closed for its rate', () => {
  const client = Client.at('open', { limits: { messagesPerSecond: 10, outbox: 128 } });
  for (let i = 0; i < 30; i++) client.send('bob', i);
  equal(client.sent.length, 11, 'hello and a burst');
  client.now += 1_000;
  client.timeout('pace');
  equal(client.sent.length, 19, 'and eight a second');
  deepEqual(kinds(client.close(1006)).slice(0, 2), ['stop ping', 'stop pace']);
  equal(client.state.pacer.queue.length, 0);
});

test('Messages of the server are passed on', () => {
  const client = Client.at('open');
  const joined = { type: 'joined', member: 'bob', name: 'Bob', role: 'impolite' };
  const iceServers = { type: 'iceServers', iceServers: [], iceServersExpire: 1 };
  deepEqual(emitted(client.hear(joined), 'joined'), [joined]);
  deepEqual(emitted(client.hear(iceServers), 'iceServers'), [iceServers]);
  for (const unknown of [{ type: 'later' }, {}, [], 'text', 7, null]) deepEqual(client.hear(unknown), []);
});

test('Leaving says goodbye, closes the socket and stops every timer', () => {
  const client = Client.at('open', { limits: { messagesPerSecond: 1 } });
  for (const payload of ['a', 'b']) client.send('bob', payload);
  client.hear({ type: 'signal', from: 'cy', seq: 1, ack: 0, payload: 'x' });
  client.feed('check');
  const running = [...client.state.timers].sort();
  deepEqual(running, ['acknowledge cy', 'check', 'pace', 'ping', 'resend bob']);
  const effects = client.feed('leave');
  deepEqual(kinds(effects).slice(0, 3), ['transmit leave', 'unlisten', 'disconnect 1000']);
  deepEqual(effects.filter(({ type }) => type === 'stop').map(({ timer }) => timer).sort(), running);
  deepEqual(client.feed('leave'), [], 'once');
  deepEqual(client.feed('open'), []);
});
