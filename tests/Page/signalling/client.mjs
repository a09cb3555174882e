// A client for tests of the state machine: feeds it events and records what it sends.
import { initial, transition } from '../../../signalling/wwwroot/js/signalling/machine.js';

export const welcome = {
  type: 'welcome', member: 'me', session: 'token', resumed: false, room: 'tea', name: 'Ann', members: [], iceServers: [],
  limits: { messageBytes: 65_536, messagesPerSecond: 50, outbox: 128 }, pingSeconds: 20, resumeSeconds: 30,
};

export const present = (...ids) => ids.map(member => ({ member, name: member, role: 'polite' }));

export class Client {
  now = 1_000;
  random = 1;
  state = initial({ room: 'tea', name: 'Ann' });
  /** Everything sent on the present socket. */
  sent = [];

  /** Feeds one event; returns its effects. */
  feed(type, details = {}) {
    const { state, effects } = transition(this.state, { type, ...details, now: this.now, random: this.random });
    this.state = state;
    for (const effect of effects) {
      if (effect.type === 'connect') this.sent = [];
      if (effect.type === 'transmit') this.sent.push(effect.message);
    }
    return effects;
  }

  hear(message) {
    return this.feed('message', { socket: this.state.socket, message });
  }

  close(code) {
    return this.feed('closed', { socket: this.state.socket, code });
  }

  timeout(timer) {
    return this.feed('timer', { timer });
  }

  send(to, payload) {
    return this.feed('send', { to, payload });
  }

  /** Brings the client to a status: 'idle', 'connecting', 'open', 'waiting' or 'ended'. */
  static at(status, greeting = {}) {
    const client = new Client();
    if (status === 'idle') return client;
    client.feed('open', { key: 'key' });
    if (status === 'connecting') return client;
    client.feed('opened', { socket: client.state.socket });
    client.hear({ ...welcome, ...greeting });
    if (status === 'waiting') client.close(1006);
    if (status === 'ended') client.feed('leave');
    return client;
  }

  /** Connects again after a loss. */
  comeBack(greeting = { resumed: true }) {
    this.feed('online');
    this.feed('opened', { socket: this.state.socket });
    return this.hear({ ...welcome, ...greeting });
  }
}

export const kinds = effects => effects.map(({ type, name, timer, code, message }) =>
  [type, name ?? timer ?? code ?? message?.type].filter(part => part !== undefined).join(' '));

export const emitted = (effects, name) =>
  effects.filter(effect => effect.type === 'emit' && effect.name === name).map(({ detail }) => detail);
