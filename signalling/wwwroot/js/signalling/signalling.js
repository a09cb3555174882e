/**
 * Runs the signalling connection's state machine: one event at a time, with the browser's clock, timers, WebSocket and storage.
 *
 * Events: `state` {state, retryIn, words} (words: why it waits), `welcome`, `joined`, `left`, `signal` {from, payload}, `iceServers`,
 * `alive` (the connection is new, or was found to work), `notice` (an error of the server that is not final), `closed` {words} (final).
 */
import { Emitter } from '../emitter.js';
import { initial, transition } from './machine.js';
import { explainSilence } from './probe.js';

export const subprotocol = 'causeway.v1';

export class Signalling extends Emitter {
  #url;
  #key;
  #state;
  #queue = [];
  #isRunning = false;
  #socket = null;
  #timers = new Map();
  #online = () => this.#run({ type: 'online' });

  /** @param {{url: string, room: string, name: string, key?: ClientKey}} options */
  constructor({ url, room, name, key }) {
    super();
    this.#url = url;
    this.#key = key;
    this.#state = initial({ room, name });
  }

  open() {
    this.#run({ type: 'open', key: this.#key?.value, replaces: this.#key?.replaces });
  }

  /** Delivers `payload` to the member, now or after a resume. */
  send(to, payload) {
    this.#run({ type: 'send', to, payload });
  }

  /** Finds out whether the connection still works, and gets a new one when it doesn't; `alive` follows, sooner or later. */
  check() {
    this.#run({ type: 'check' });
  }

  /** Leaves for good. */
  leave() {
    this.#run({ type: 'leave' });
  }

  /** Handles an event completely before the next one: an event from within an effect waits until all effects are performed. */
  #run(event) {
    this.#queue.push(event);
    if (this.#isRunning) return;
    this.#isRunning = true;
    try {
      while (this.#queue.length > 0) {
        const { state, effects } = transition(this.#state, { ...this.#queue.shift(), now: performance.now(), random: Math.random() });
        this.#state = state;
        for (const { type, ...details } of effects) this.#effects[type](details);
      }
    } finally {
      this.#isRunning = false;
    }
  }

  #effects = {
    connect: ({ socket }) => {
      const opened = this.#socket = new WebSocket(this.#url, subprotocol);
      opened.onopen = () => this.#run({ type: 'opened', socket });
      opened.onmessage = ({ data }) => this.#run({ type: 'message', socket, message: parsed(data) });
      opened.onclose = ({ code }) => this.#run({ type: 'closed', socket, code });
    },
    transmit: ({ message }) => this.#socket.send(JSON.stringify(message)),
    disconnect: ({ code }) => this.#socket.close(code),
    start: ({ timer, after }) => {
      clearTimeout(this.#timers.get(timer));
      this.#timers.set(timer, setTimeout(() => {
        this.#timers.delete(timer);
        this.#run({ type: 'timer', timer });
      }, after));
    },
    stop: ({ timer }) => {
      clearTimeout(this.#timers.get(timer));
      this.#timers.delete(timer);
    },
    emit: ({ name, detail }) => {
      try {
        this.emit(name, detail);
      } catch (error) {
        reportError(error); // A listener's mistake must not keep the effects after it from being performed.
      }
    },
    listen: () => addEventListener('online', this.#online),
    unlisten: () => removeEventListener('online', this.#online),
    remember: () => this.#key?.keep(),
    explain: async ({ retryIn }) => this.#run({ type: 'explained', retryIn, words: await explainSilence(this.#url) }),
  };
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
