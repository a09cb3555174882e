// Two clients and a server over a network that fails at random, on a virtual clock. The same seed gives the same run.
import test from 'node:test';
import { deepEqual, equal, ok } from 'node:assert/strict';
import { initial, transition } from '../../../signalling/wwwroot/js/signalling/machine.js';
import { welcome } from './client.mjs';

const outboxLimit = 16;

/** A generator of numbers from 0 to 1 (mulberry32). */
function generator(seed) {
  return () => {
    seed = seed + 0x6d2b79f5 | 0;
    let mixed = Math.imul(seed ^ seed >>> 15, 1 | seed);
    mixed = mixed + Math.imul(mixed ^ mixed >>> 7, 61 | mixed) ^ mixed;
    return ((mixed ^ mixed >>> 14) >>> 0) / 2 ** 32;
  };
}

/** A queue of actions by time; actions of the same time keep their order. */
class Clock {
  now = 0;
  #queue = [];

  after(delay, action) {
    const entry = { at: this.now + delay, action };
    const index = this.#queue.findLastIndex(({ at }) => at <= entry.at);
    this.#queue.splice(index + 1, 0, entry);
    return entry;
  }

  cancel(entry) {
    this.#queue = this.#queue.filter(other => other !== entry);
  }

  runUntil(time) {
    while (this.#queue[0]?.at <= time) {
      const { at, action } = this.#queue.shift();
      this.now = at;
      action();
    }
    this.now = time;
  }
}

/** Performs a machine's effects as the runner does, and checks the invariants after each event. */
class Runner {
  state = initial({ room: 'tea', name: '' });
  timers = new Map();
  socket = null;
  heard = [];
  sessions = 0;

  constructor(id, world) {
    this.id = id;
    this.world = world;
  }

  feed(type, details = {}) {
    const { state, effects } = transition(this.state, { type, ...details, now: this.world.clock.now, random: this.world.random() });
    this.state = state;
    for (const effect of effects) this.#effects[effect.type]?.(effect);
    this.#check();
  }

  #check() {
    const { state, timers, socket } = this;
    deepEqual([...timers.keys()].sort(), [...state.timers].sort(), 'the timers that run are those of the state');
    equal(socket?.number ?? null, state.socket, 'at most one socket is open: the state’s');
    if (state.status === 'ended') equal(timers.size + state.pairs.size, 0, 'nothing is left');
    for (const { outbox } of state.pairs.values()) {
      ok(outbox.waiting.length <= outboxLimit, 'an outbox is bounded');
      outbox.waiting.forEach(({ seq }, index) => equal(seq, outbox.last - outbox.waiting.length + 1 + index, 'numbers have no gaps'));
    }
  }

  #effects = {
    connect: ({ socket }) => {
      equal(this.socket, null, 'one socket at a time');
      this.socket = this.world.open(this, socket);
    },
    transmit: ({ message }) => this.world.toServer(this.socket, JSON.stringify(message)),
    disconnect: ({ code }) => {
      this.world.cut(this.socket, code);
      this.socket = null;
    },
    start: ({ timer, after }) => {
      ok(after > 0, 'a timer takes time');
      if (this.timers.has(timer)) this.world.clock.cancel(this.timers.get(timer));
      this.timers.set(timer, this.world.clock.after(after, () => {
        this.timers.delete(timer);
        this.feed('timer', { timer });
      }));
    },
    stop: ({ timer }) => {
      ok(this.timers.has(timer), 'only a timer that runs is stopped');
      this.world.clock.cancel(this.timers.get(timer));
      this.timers.delete(timer);
    },
    emit: ({ name, detail }) => {
      if (name === 'signal') this.heard.push(detail.payload);
      if (name === 'state' && detail.state === 'open' && !detail.resumed) this.sessions++;
    },
  };
}

/** The network and the server: sessions, numbers and acknowledgements as in docs/protocol.md. */
class World {
  clock = new Clock();
  /** Sessions by token: who, the socket, and for each sender the signals kept and the highest number taken. */
  sessions = new Map();
  /** How often a handshake fails; messages are lost a tenth as often. */
  loss = 0;
  tokens = 0;

  constructor(seed) {
    this.random = generator(seed);
    this.clients = ['ann', 'bob'].map(id => new Runner(id, this));
  }

  delay() {
    return 5 + this.random() * 200;
  }

  open(client, number) {
    const socket = { client, number, isOpen: true, up: 0, down: 0, session: null };
    // A handshake may fail, or never end.
    const luck = this.random();
    if (luck < this.loss) this.clock.after(this.delay(), () => this.break(socket));
    else if (luck > 1.5 * this.loss) this.clock.after(this.delay(), () => socket.isOpen && client.feed('opened', { socket: number }));
    return socket;
  }

  // A WebSocket keeps the order, in each direction.
  #inOrder(socket, way, action) {
    socket[way] = Math.max(socket[way], this.clock.now + this.delay());
    this.clock.after(socket[way] - this.clock.now, () => socket.isOpen && action());
  }

  toServer(socket, text) {
    if (this.random() < this.loss / 10) this.break(socket);
    else this.#inOrder(socket, 'up', () => this.serve(socket, JSON.parse(text)));
  }

  toClient(session, message) {
    const socket = session?.socket;
    if (!socket) return;
    const text = JSON.stringify(message);
    this.#inOrder(socket, 'down', () => socket.client.feed('message', { socket: socket.number, message: JSON.parse(text) }));
  }

  /** The connection breaks: what is in flight is lost. The client notices late. */
  break(socket) {
    if (!socket.isOpen) return;
    this.cut(socket);
    this.clock.after(this.delay(), () => {
      if (socket.client.socket !== socket) return;
      socket.client.socket = null;
      socket.client.feed('closed', { socket: socket.number, code: 1006 });
    });
  }

  cut(socket, code) {
    socket.isOpen = false;
    if (socket.session?.socket === socket) socket.session.socket = null;
    if (code === 1000 && socket.session) this.sessions.delete(socket.session.token);
  }

  sessionOf(id) {
    return [...this.sessions.values()].findLast(session => session.id === id);
  }

  serve(socket, message) {
    const { session } = socket;
    const other = session && this.sessionOf(session.id === 'ann' ? 'bob' : 'ann');
    const handlers = {
      hello: () => this.#greet(socket, message),
      ping: () => this.toClient(session, { type: 'pong' }),
      leave: () => this.sessions.delete(session.token),
      signal: () => this.#signal(session, other, message),
      ack: () => this.#acknowledge(session, other, message.ack),
    };
    handlers[message.type]();
  }

  #greet(socket, { resume }) {
    const known = this.sessions.get(resume);
    const session = known ?? { token: `token ${++this.tokens}`, id: socket.client.id, taken: 0, kept: [], acknowledged: 0 };
    if (known?.socket) this.break(known.socket);
    if (!known) {
      const replaced = this.sessionOf(session.id);
      if (replaced) this.#end(replaced);
    }
    session.socket = socket;
    socket.session = session;
    this.sessions.set(session.token, session);
    const other = this.sessionOf(session.id === 'ann' ? 'bob' : 'ann');
    const members = other ? [{ member: other.token, name: other.id, role: 'polite' }] : [];
    const limits = { outbox: outboxLimit, messagesPerSecond: 50 };
    this.toClient(session, { ...welcome, member: session.token, session: session.token, resumed: known !== undefined, members, limits });
    if (!known) this.toClient(other, { type: 'joined', member: session.token, name: session.id, role: 'impolite' });
    if (!known || !other) return;
    for (const { seq, payload } of session.kept) this.toClient(session, { type: 'signal', from: other.token, seq, ack: 0, payload });
    this.toClient(session, { type: 'ack', from: other.token, ack: session.acknowledged });
  }

  #end(session) {
    this.sessions.delete(session.token);
    const other = [...this.sessions.values()].findLast(({ id }) => id !== session.id);
    if (!other) return;
    Object.assign(other, { taken: 0, kept: [], acknowledged: 0 });
    this.toClient(other, { type: 'left', member: session.token, reason: 'replaced' });
  }

  #signal(session, other, { to, seq, ack, payload }) {
    if (other?.token !== to) return this.toClient(session, { type: 'error', code: 'no-such-member', message: '', fatal: false, to });
    const next = session.taken + 1;
    if (seq > next) return this.toClient(session, { type: 'error', code: 'gap', message: '', fatal: false, to, seq: next });
    if (seq === next) {
      session.taken = seq;
      other.kept.push({ seq, payload });
    }
    this.#acknowledge(session, other, ack);
    this.toClient(other, { type: 'signal', from: session.token, seq, ack, payload });
  }

  #acknowledge(session, other, ack) {
    session.kept = session.kept.filter(({ seq }) => seq > ack);
    if (!other || ack <= other.acknowledged) return this.toClient(other, { type: 'ack', from: session.token, ack });
    other.acknowledged = ack;
    this.toClient(other, { type: 'ack', from: session.token, ack });
  }
}

/** Runs a call of two minutes with trouble, then one of two minutes without. */
function play(seed, trouble) {
  const world = new World(seed);
  const [ann, bob] = world.clients;
  const said = { ann: 0, bob: 0 };
  for (const client of world.clients) client.feed('open', { key: client.id });
  world.clock.runUntil(3_000);
  world.loss = 0.03;
  while (world.clock.now < 120_000) {
    world.clock.runUntil(world.clock.now + world.random() * 500);
    const [client, other] = world.random() < 0.5 ? [ann, bob] : [bob, ann];
    const peer = world.sessionOf(other.id)?.token;
    const waiting = client.state.pairs.get(peer)?.outbox.waiting.length ?? 0;
    const luck = world.random();
    if (luck < 0.6) {
      const hasRoom = waiting < outboxLimit || trouble.overflow;
      if (peer && client.state.session && hasRoom) client.feed('send', { to: peer, payload: `${client.id} ${++said[client.id]}` });
    } else if (luck < 0.65) client.feed('check');
    else if (luck < 0.7) client.feed('online');
    else if (luck < 0.75 && client.socket) world.break(client.socket);
    else if (luck < 0.76 && trouble.restarts) {
      for (const { socket } of world.sessions.values()) if (socket) world.break(socket);
      world.sessions.clear();
    }
  }
  world.loss = 0;
  world.clock.runUntil(240_000);
  return { world, said };
}

test('Over a network that breaks, every message arrives once and in order', () => {
  for (let seed = 1; seed <= 60; seed++) {
    const { world: { clients: [ann, bob] }, said } = play(seed, {});
    for (const [from, to] of [[ann, bob], [bob, ann]]) {
      deepEqual(to.heard, Array.from({ length: said[from.id] }, (_, index) => `${from.id} ${index + 1}`), `seed ${seed}: from ${from.id}`);
      ok(said[from.id] > 20, `seed ${seed}: ${said[from.id]} messages`);
      equal(to.sessions, 1);
      for (const { outbox } of from.state.pairs.values()) equal(outbox.waiting.length, 0, `seed ${seed}: all is acknowledged`);
    }
  }
});

test('When sessions are lost, messages may be lost with them, and none arrives twice or out of order', () => {
  for (let seed = 1; seed <= 60; seed++) {
    const { world: { clients } } = play(seed, { restarts: true, overflow: true });
    for (const { heard, state } of clients) {
      const numbers = heard.map(payload => Number(payload.split(' ')[1]));
      ok(numbers.every((number, index) => index === 0 || number > numbers[index - 1]), `seed ${seed}: ${numbers.join()}`);
      equal(state.status, 'open', `seed ${seed}: connected in the end`);
    }
  }
});

test('Whenever a client leaves, no timer, socket or pair stays behind', () => {
  for (let seed = 1; seed <= 60; seed++) {
    const world = new World(seed);
    for (const client of world.clients) client.feed('open', { key: client.id });
    world.clock.runUntil(world.random() * 5_000);
    const peer = world.sessionOf('bob')?.token;
    if (peer) world.clients[0].feed('send', { to: peer, payload: 'x' });
    if (world.random() < 0.3 && world.clients[0].socket) world.break(world.clients[0].socket);
    world.clock.runUntil(world.clock.now + world.random() * 500);
    for (const client of world.clients) client.feed('leave');
    world.clock.runUntil(60_000);
    for (const { state, timers, socket } of world.clients)
      deepEqual([state.status, timers.size, socket], ['ended', 0, null], `seed ${seed}`);
  }
});
