/**
 * The signalling connection of one member (docs/protocol.md) as a pure state machine. `transition(state, event)` returns the next state and
 * the effects to perform, in order; it has no clock, timer, socket, random number or storage. `signalling.js` runs it.
 *
 * What was sent stays in an outbox until the other member has acknowledged it, and is sent again after a resume or when no
 * acknowledgement comes; what arrives twice is dropped. So no message is lost or doubled.
 *
 *     idle ──open──▶ connecting ──welcome──▶ open
 *                      ▲    │ lost            │ lost          any ──leave, final refusal──▶ ended
 *                retry │    ▼                 │
 *                    waiting ◀────────────────┘
 *
 * Events, each with `now` (milliseconds of a monotonic clock) and `random` (0 to 1):
 *
 * - `open` {key, replaces}: connect for the first time
 * - `send` {to, payload}: deliver a payload to a member, now or after a resume
 * - `check`: find out whether the connection still works; `alive` follows, sooner or later
 * - `online`: the device is online again
 * - `leave`: leave for good
 * - `opened`, `message` {message}, `closed` {code}: from the socket with the number `socket`; those of earlier sockets are ignored.
 *   `message` is parsed, and null when it was not JSON
 * - `timer` {timer}: a timer ran out; one that was stopped is ignored
 * - `explained` {words, retryIn}: the result of `explain`
 *
 * Effects:
 *
 * - `connect` {socket}: open a WebSocket, and report its events under this number
 * - `transmit` {message}: send on it
 * - `disconnect` {code}: close it
 * - `start` {timer, after}, `stop` {timer}: start (or restart) a timer of so many milliseconds, stop it
 * - `emit` {name, detail}: emit an event to the call
 * - `listen`, `unlisten`: start and stop to report `online`
 * - `remember`: store the client key, which the server knows now
 * - `explain` {retryIn}: ask the server over HTTP why the WebSocket didn't open
 *
 * @typedef {{outbox: Outbox, received: number, patience: number}} Pair what is between this client and one member; `received`: the highest
 *   number processed; `patience`: milliseconds until the outbox is sent again
 */
import { backoff } from './backoff.js';
import { explainClose, reconnecting } from './closing.js';
import { accept } from './inbox.js';
import { acknowledge, emptyOutbox, push } from './outbox.js';
import { clearPacer, drain, enqueue, idlePacer, limitPacer } from './pacer.js';

const welcomeTimeout = 10_000;
const checkTimeout = 2_500;
const acknowledgeDelay = 150;
const firstResend = 4_000;
const lastResend = 16_000;

/** Errors that are not shown: resending and pacing fix them. */
const healing = new Set(['gap', 'outbox-full', 'too-fast']);

/** The state of a client that has not connected yet. */
export function initial({ room, name }) {
  return {
    status: 'idle',
    hello: { room, name },
    session: null,
    /** The number of the socket in use, and how many there have been. */
    socket: null,
    sockets: 0,
    /** @type {Map<string, Pair>} by member */
    pairs: new Map(),
    limits: { outbox: 128, messagesPerSecond: 50, messageBytes: 65_536 },
    pacer: idlePacer,
    timers: new Set(),
    failedAttempts: 0,
    pingInterval: 0,
    pingedAt: 0,
    heardAt: 0,
    /** The server's message before it closes. */
    fatal: '',
  };
}

/** @returns {{state: object, effects: object[]}} `state` and `event` are not changed */
export function transition(state, event) {
  if (state.status === 'ended' || ('socket' in event && event.socket !== state.socket)) return { state, effects: [] };
  const step = new Step(state, event);
  handlers[event.type](step, event);
  return { state: step.state, effects: step.effects };
}

/** One transition under way: a copy of the state to work on, and the effects so far. */
class Step {
  effects = [];

  constructor(state, { now, random }) {
    this.state = { ...state, pairs: new Map(state.pairs), timers: new Set(state.timers) };
    this.now = now;
    this.random = random;
  }

  effect(type, details) {
    this.effects.push({ type, ...details });
  }

  emit(name, detail) {
    this.effect('emit', { name, detail });
  }

  transmit(message) {
    this.effect('transmit', { message });
  }

  start(timer, after) {
    this.state.timers.add(timer);
    this.effect('start', { timer, after });
  }

  stop(timer) {
    if (this.state.timers.delete(timer)) this.effect('stop', { timer });
  }

  pair(member) {
    return this.state.pairs.get(member) ?? { outbox: emptyOutbox, received: 0, patience: firstResend };
  }

  setPair(member, changes) {
    this.state.pairs.set(member, { ...this.pair(member), ...changes });
  }
}

const handlers = {
  open(step, { key, replaces }) {
    if (step.state.status !== 'idle') return;
    step.state.hello = { ...step.state.hello, key, replaces };
    step.effect('listen');
    connect(step);
  },

  send(step, { to, payload }) {
    const pushed = push(step.pair(to).outbox, payload, step.state.limits.outbox);
    if (!pushed) return startOver(step);
    step.setPair(to, { outbox: pushed.outbox });
    post(step, to, pushed.message);
    scheduleResend(step, to);
  },

  check(step) {
    if (step.state.status !== 'open') return reconnectNow(step);
    if (step.state.timers.has('check')) return;
    step.transmit({ type: 'ping' }); // Ahead of what the pacer holds back.
    step.start('check', checkTimeout);
  },

  online: reconnectNow,

  leave(step) {
    if (step.state.status === 'open') step.transmit({ type: 'leave' });
    end(step);
  },

  opened(step) {
    const { hello, session } = step.state;
    step.transmit({ type: 'hello', ...hello, resume: session ?? undefined }); // JSON leaves out what is undefined.
  },

  message(step, { message }) {
    step.state.heardAt = step.now;
    if (step.state.timers.has('check')) {
      step.stop('check');
      step.emit('alive');
    }
    // Unknown messages are ignored.
    switch (message?.type) {
      case 'welcome': return welcome(step, message);
      case 'joined': return step.emit('joined', message);
      case 'left':
        forget(step, message.member);
        return step.emit('left', message);
      case 'signal': return signal(step, message);
      case 'ack': return acknowledged(step, message.from, message.ack);
      case 'iceServers': return step.emit('iceServers', message);
      case 'error': return refused(step, message);
    }
  },

  closed(step, { code }) {
    lost(step, code);
  },

  timer(step, { timer }) {
    if (!step.state.timers.delete(timer)) return;
    const [name] = timer.split(' ', 1);
    timeouts[name](step, timer.slice(name.length + 1));
  },

  explained(step, { words, retryIn }) {
    if (words && step.state.session === null) step.emit('state', { state: 'waiting', retryIn, words });
  },
};

/** By the timer's name; those of a pair are followed by the member. */
const timeouts = {
  retry: connect,
  welcome: drop,
  check: drop,
  pace: release,

  ping(step) {
    const { state, now } = step;
    // A page that was frozen hasn't read what arrived meanwhile: it checks the connection before it gives up.
    const wasFrozen = now - state.pingedAt > 1.5 * state.pingInterval;
    if (!wasFrozen && now - state.heardAt > 2 * state.pingInterval) return drop(step);
    state.pingedAt = now;
    step.start('ping', state.pingInterval);
    if (wasFrozen) handlers.check(step);
    else pace(step, { type: 'ping' });
  },

  acknowledge(step, member) {
    if (step.state.status === 'open') pace(step, { type: 'ack', to: member, ack: step.pair(member).received });
  },

  resend(step, member) {
    step.setPair(member, { patience: Math.min(lastResend, step.pair(member).patience * 2) });
    resend(step, member);
  },
};

function connect(step) {
  const { state } = step;
  step.stop('retry');
  step.emit('state', { state: 'connecting' });
  state.status = 'connecting';
  state.socket = ++state.sockets;
  step.effect('connect', { socket: state.socket });
  step.start('welcome', welcomeTimeout);
}

function reconnectNow(step) {
  if (step.state.status !== 'waiting') return;
  step.state.failedAttempts = 0;
  connect(step);
}

function welcome(step, message) {
  const { state } = step;
  step.stop('welcome');
  state.status = 'open';
  state.session = message.session;
  step.effect('remember');
  // The name that the others know is kept across a restart of the server.
  state.hello = { ...state.hello, name: message.name ?? state.hello.name };
  state.limits = { ...state.limits, ...message.limits };
  state.failedAttempts = 0;
  state.pacer = limitPacer(state.pacer, state.limits.messagesPerSecond);
  state.pingInterval = (message.pingSeconds || 20) * 1000;
  state.pingedAt = step.now;
  step.start('ping', state.pingInterval);

  const present = new Set(message.members.map(({ member }) => member));
  for (const member of [...state.pairs.keys()])
    if (!message.resumed || !present.has(member)) forget(step, member);

  step.emit('state', { state: 'open', resumed: message.resumed });
  step.emit('welcome', message);
  for (const member of state.pairs.keys()) resend(step, member);
  step.emit('alive');
}

function signal(step, { from, seq, ack, payload }) {
  acknowledged(step, from, ack);
  if (accept(step.pair(from).received, seq) === 'next') {
    step.setPair(from, { received: seq });
    step.emit('signal', { from, payload });
  }
  // A duplicate is acknowledged again: the first acknowledgement may have been lost.
  if (!step.state.timers.has(`acknowledge ${from}`)) step.start(`acknowledge ${from}`, acknowledgeDelay);
}

function acknowledged(step, from, ack) {
  const pair = step.pair(from);
  const outbox = acknowledge(pair.outbox, ack);
  if (outbox === pair.outbox) return;
  step.setPair(from, { outbox, patience: firstResend });
  step.stop(`resend ${from}`);
  scheduleResend(step, from);
}

function refused(step, { code, message, fatal, to }) {
  if (fatal) step.state.fatal = message;
  // The server would refuse the next hello too.
  else if (step.state.status !== 'open') giveUp(step, code, message);
  // The outbox still has what is missing.
  else if (code === 'gap') resend(step, to);
  // It left and won't acknowledge anything.
  else if (code === 'no-such-member') forget(step, to);
  else if (!healing.has(code)) step.emit('notice', { code, message });
}

function post(step, to, { seq, payload }) {
  if (step.state.status !== 'open') return;
  step.stop(`acknowledge ${to}`); // The signal carries it.
  pace(step, { type: 'signal', to, seq, ack: step.pair(to).received, payload });
}

function resend(step, member) {
  for (const message of step.pair(member).outbox.waiting) post(step, member, message);
  scheduleResend(step, member);
}

function scheduleResend(step, member) {
  const { outbox, patience } = step.pair(member);
  if (outbox.waiting.length > 0 && !step.state.timers.has(`resend ${member}`)) step.start(`resend ${member}`, patience);
}

function forget(step, member) {
  step.stop(`acknowledge ${member}`);
  step.stop(`resend ${member}`);
  step.state.pairs.delete(member);
}

function pace(step, message) {
  step.state.pacer = enqueue(step.state.pacer, message);
  if (!step.state.timers.has('pace')) release(step);
}

function release(step) {
  const { pacer, sent, wait } = drain(step.state.pacer, step.now);
  step.state.pacer = pacer;
  for (const message of sent) step.transmit(message);
  if (wait > 0) step.start('pace', wait);
}

/** Abandons the connection without waiting for its closing handshake; the session continues over another one. */
function drop(step) {
  step.effect('disconnect', { code: reconnecting });
  lost(step, reconnecting);
}

function lost(step, code) {
  const { state } = step;
  disconnected(step);
  const { again, words } = explainClose(code, state.fatal);
  if (!again) return giveUp(step, code, words);
  state.status = 'waiting';
  state.fatal = '';
  const retryIn = backoff(state.failedAttempts++, step.random);
  step.emit('state', { state: 'waiting', retryIn, words });
  step.start('retry', retryIn);
  // Browsers report only 1006, whatever the reason. Without a session the person waits in the lobby, and reads the explanation.
  if (code === 1006 && state.session === null) step.effect('explain', { retryIn });
}

/**
 * Starts a new session, because a member was unreachable for too long to deliver everything. The server gets a `leave` first, so that the
 * others don't see the old member beside the new one.
 */
function startOver(step) {
  const { state } = step;
  if (state.status === 'open') step.transmit({ type: 'leave' });
  state.session = null;
  for (const member of [...state.pairs.keys()]) forget(step, member);
  if (state.socket !== null) drop(step);
}

function giveUp(step, code, words) {
  end(step);
  step.emit('closed', { code, words });
}

function end(step) {
  const { state } = step;
  state.status = 'ended';
  step.effect('unlisten');
  if (state.socket !== null) step.effect('disconnect', { code: 1000 });
  disconnected(step);
  for (const timer of [...state.timers]) step.stop(timer);
  state.pairs.clear();
}

function disconnected(step) {
  const { state } = step;
  state.socket = null;
  state.pacer = clearPacer(state.pacer);
  for (const timer of ['welcome', 'check', 'ping', 'pace']) step.stop(timer);
}
