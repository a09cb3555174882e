/**
 * The signalling connection of one member: the WebSocket protocol `causeway.v1`, brought back with the session's resume
 * token when it breaks. What was sent stays in an outbox until the other member has acknowledged it, and is sent again
 * after a resume or when no acknowledgement comes; what arrives twice is dropped. So no message is lost or doubled.
 *
 * Events: `state` {state, retryIn, words} (words: why it waits), `welcome`, `joined`, `left`, `signal` {from, payload}, `iceServers`, `alive` (the connection is new,
 * or was found to be good), `notice` (an error of the server that is not final), `closed` {words} (final).
 */
import { Emitter } from '../emitter.js';
import { Backoff } from './backoff.js';
import { explainClose, reconnecting } from './closing.js';
import { Inbox } from './inbox.js';
import { Outbox } from './outbox.js';
import { Pacer } from './pacer.js';
import { explainSilence } from './probe.js';

export const subprotocol = 'causeway.v1';

const welcomeTimeout = 10_000;
const checkTimeout = 2_500;
/** Refusals that need no word to the person: resending and pacing take care of them. */
const healing = new Set(['gap', 'outbox-full', 'too-fast']);

const acknowledgeDelay = 150;
const firstResend = 4_000;
const lastResend = 16_000;

export class Signalling extends Emitter {
  #url;
  #hello;
  #key;
  #socket = null;
  #session = null;
  #ready = false;
  #ended = false;
  #pairs = new Map();
  #limits = { outbox: 128, messagesPerSecond: 50, messageBytes: 65_536 };
  #backoff = new Backoff();
  #pacer = new Pacer(message => this.#socket?.send(JSON.stringify(message)));
  #retry = 0;
  #watch = 0;
  #ping = 0;
  #tickAt = 0;
  #check = 0;
  #heardAt = 0;
  #fatal = '';
  #comeBack = () => this.#reconnectNow();

  /** @param {{url: string, room: string, name: string, key?: ClientKey}} options */
  constructor({ url, room, name, key }) {
    super();
    this.#url = url;
    this.#hello = { type: 'hello', room, name };
    this.#key = key;
  }

  open() {
    if (this.#ended) return;
    addEventListener('online', this.#comeBack);
    this.#connect();
  }

  /** Delivers `payload` to the member, now or after a resume. */
  send(to, payload) {
    const pair = this.#pair(to);
    const message = pair.outbox.push(payload);
    if (!message) return this.#startAnew();
    this.#post(to, pair, message);
    this.#scheduleResend(to, pair);
  }

  /** Finds out whether the connection still carries anything, and gets a new one when it does not; `alive` follows, sooner or later. */
  check() {
    if (!this.#ready) return this.#reconnectNow();
    if (this.#check) return;
    this.#socket.send(JSON.stringify({ type: 'ping' })); // Not behind what waits for its turn.
    this.#check = setTimeout(() => this.#drop(), checkTimeout);
  }

  /** Says goodbye and stays away. */
  leave() {
    if (this.#ready) this.#socket.send(JSON.stringify({ type: 'leave' }));
    this.#end();
  }

  #connect() {
    clearTimeout(this.#retry);
    this.emit('state', { state: 'connecting' });
    const socket = this.#socket = new WebSocket(this.#url, subprotocol);
    const mine = handler => event => socket === this.#socket && handler(event);
    this.#watch = setTimeout(() => this.#drop(), welcomeTimeout);
    // What is undefined is left out.
    socket.onopen = mine(() => socket.send(JSON.stringify({
      ...this.#hello, resume: this.#session ?? undefined, key: this.#key?.value, replaces: this.#key?.replaces,
    })));
    socket.onmessage = mine(event => this.#receive(event.data));
    socket.onclose = mine(event => this.#lost(event.code));
  }

  #receive(text) {
    this.#heardAt = performance.now();
    this.#checked();
    let message;
    try {
      message = JSON.parse(text);
    } catch {
      return; // Not of this protocol; the server's ping timeout ends a connection that only babbles.
    }
    switch (message.type) {
      case 'welcome': return this.#welcome(message);
      case 'joined': return this.emit('joined', message);
      case 'left':
        this.#forget(message.member);
        return this.emit('left', message);
      case 'signal': return this.#signal(message);
      case 'ack': return this.#acknowledged(message.from, message.ack);
      case 'iceServers': return this.emit('iceServers', message);
      case 'error': return this.#refused(message);
    }
  }

  #refused({ code, message, fatal, to }) {
    if (fatal) this.#fatal = message;
    // What the server says to the hello it says to every further one.
    else if (!this.#ready) this.#giveUp(code, message);
    // What is missing is still in the outbox.
    else if (code === 'gap' && this.#pairs.has(to)) this.#resend(to, this.#pair(to));
    // It left meanwhile: nobody will ever acknowledge what was for it.
    else if (code === 'no-such-member') this.#forget(to);
    else if (!healing.has(code)) this.emit('notice', { code, message });
  }

  #welcome(message) {
    clearTimeout(this.#watch);
    this.#ready = true;
    this.#session = message.session;
    this.#key?.keep();
    // After a restart of the server everybody has the name that the others know.
    this.#hello.name = message.name ?? this.#hello.name;
    this.#limits = { ...this.#limits, ...message.limits };
    this.#backoff.reset();
    this.#pacer.limit(this.#limits.messagesPerSecond);
    this.#startPings((message.pingSeconds || 20) * 1000);

    const present = new Set(message.members.map(member => member.member));
    for (const member of [...this.#pairs.keys()])
      if (!message.resumed || !present.has(member)) this.#forget(member);

    const kept = [...this.#pairs];
    this.emit('state', { state: 'open', resumed: message.resumed });
    this.emit('welcome', message);
    for (const [member, pair] of kept) this.#resend(member, pair);
    this.emit('alive');
  }

  #checked() {
    if (!this.#check) return;
    clearTimeout(this.#check);
    this.#check = 0;
    this.emit('alive');
  }

  #signal({ from, seq, ack, payload }) {
    const pair = this.#pair(from);
    this.#acknowledged(from, ack);
    if (pair.inbox.accept(seq) === 'next') this.emit('signal', { from, payload });
    // A duplicate is acknowledged again: the first acknowledgement may have been what was lost.
    pair.acknowledge ||= setTimeout(() => {
      pair.acknowledge = 0;
      if (this.#ready && this.#pairs.get(from) === pair) this.#pacer.push({ type: 'ack', to: from, ack: pair.inbox.last });
    }, acknowledgeDelay);
  }

  #acknowledged(from, ack) {
    const pair = this.#pairs.get(from);
    if (!pair || pair.outbox.acknowledge(ack) === 0) return;
    pair.patience = firstResend;
    clearTimeout(pair.resend);
    pair.resend = 0;
    this.#scheduleResend(from, pair);
  }

  #post(to, pair, { seq, payload }) {
    if (!this.#ready) return;
    clearTimeout(pair.acknowledge); // The signal carries it.
    pair.acknowledge = 0;
    this.#pacer.push({ type: 'signal', to, seq, ack: pair.inbox.last, payload });
  }

  #scheduleResend(to, pair) {
    if (pair.resend || pair.outbox.waiting.length === 0) return;
    pair.resend = setTimeout(() => {
      pair.resend = 0;
      pair.patience = Math.min(lastResend, pair.patience * 2);
      this.#resend(to, pair);
    }, pair.patience);
  }

  #resend(to, pair) {
    for (const message of pair.outbox.waiting) this.#post(to, pair, message);
    this.#scheduleResend(to, pair);
  }

  #pair(member) {
    let pair = this.#pairs.get(member);
    if (!pair) {
      pair = { outbox: new Outbox(this.#limits.outbox), inbox: new Inbox(), acknowledge: 0, resend: 0, patience: firstResend };
      this.#pairs.set(member, pair);
    }
    return pair;
  }

  #forget(member) {
    const pair = this.#pairs.get(member);
    clearTimeout(pair?.acknowledge);
    clearTimeout(pair?.resend);
    this.#pairs.delete(member);
  }

  #startPings(interval) {
    clearInterval(this.#ping);
    this.#tickAt = performance.now();
    this.#ping = setInterval(() => {
      const now = performance.now();
      // A page that was frozen has heard nothing, and what came meanwhile is still to be read: it asks before it gives the connection up.
      const wasFrozen = now - this.#tickAt > 1.5 * interval;
      this.#tickAt = now;
      if (wasFrozen) this.check();
      else if (now - this.#heardAt > 2 * interval) this.#drop();
      else this.#pacer.push({ type: 'ping' });
    }, interval);
  }

  /** The connection is of no use any more; do not wait for its closing handshake. The session goes on on another one. */
  #drop() {
    this.#socket?.close(reconnecting);
    this.#lost(reconnecting);
  }

  #lost(code) {
    this.#quiet();
    const { again, words } = explainClose(code, this.#fatal);
    if (!again) return this.#giveUp(code, words);
    this.#fatal = '';
    const retryIn = this.#backoff.next();
    this.emit('state', { state: 'waiting', retryIn, words });
    this.#retry = setTimeout(() => this.#connect(), retryIn);
    if (code === 1006 && !this.#session) this.#explain(retryIn);
  }

  /** Says more, once it is known, while this has never been in the room. */
  async #explain(retryIn) {
    const words = await explainSilence(this.#url);
    if (words && !this.#session && !this.#ended) this.emit('state', { state: 'waiting', retryIn, words });
  }

  #giveUp(code, words) {
    this.#end();
    this.emit('closed', { code, words });
  }

  /** A member that long out of reach cannot be caught up; a new session starts from nothing. The others shall not see the old one beside it. */
  #startAnew() {
    if (this.#ready) this.#socket.send(JSON.stringify({ type: 'leave' }));
    this.#session = null;
    for (const member of [...this.#pairs.keys()]) this.#forget(member);
    this.#drop();
  }

  #reconnectNow() {
    if (this.#socket || this.#ended) return;
    this.#backoff.reset();
    this.#connect();
  }

  #quiet() {
    this.#ready = false;
    this.#socket = null;
    clearTimeout(this.#watch);
    clearTimeout(this.#check);
    this.#check = 0;
    clearInterval(this.#ping);
    this.#pacer.clear();
  }

  #end() {
    this.#ended = true;
    removeEventListener('online', this.#comeBack);
    clearTimeout(this.#retry);
    for (const member of [...this.#pairs.keys()]) this.#forget(member);
    const socket = this.#socket;
    this.#quiet();
    socket?.close(1000);
  }
}
