/**
 * The text chat of the room: every message goes to each member over its channel, and each member confirms it.
 *
 * Events: `message` {id, own, name, text, at, of} (of: how many it goes to), `delivered` {id, to, of}.
 */
import { Emitter } from '../emitter.js';

/** Characters of one message. */
export const maxText = 4_000;

const maxSeen = 1_000;

export class Chat extends Emitter {
  #members;
  #pending = new Map();
  #seen = new Set();

  /** @param {() => Iterable<{id: string, name: string, channel: Channel}>} members those present now */
  constructor(members) {
    super();
    this.#members = members;
  }

  /** Says `text` to all; returns the names of those that it could not be queued for. */
  say(text) {
    const message = { type: 'chat', id: crypto.randomUUID?.() ?? String(Math.random()), text: text.slice(0, maxText) };
    const to = [...this.#members()];
    const missed = to.filter(member => !member.channel.send(message)).map(member => member.name);
    if (this.#pending.size >= maxSeen) this.#pending.delete(this.#pending.keys().next().value);
    this.#pending.set(message.id, { of: to.length - missed.length, by: new Set() });
    this.emit('message', { id: message.id, own: true, name: '', text: message.text, at: new Date(), of: to.length });
    return missed;
  }

  /** Takes a channel message of `member` if it belongs to the chat. */
  take(member, message) {
    if (message.type === 'chat') this.#received(member, message);
    if (message.type === 'chat-got') this.#confirmed(member, message);
  }

  #received(member, { id, text }) {
    if (typeof id !== 'string' || id.length > 64 || typeof text !== 'string') return;
    member.channel.send({ type: 'chat-got', id });
    const key = `${member.id} ${id}`;
    if (this.#seen.has(key)) return;
    if (this.#seen.size >= maxSeen) this.#seen.delete(this.#seen.values().next().value);
    this.#seen.add(key);
    this.emit('message', { id, own: false, name: member.name, text: text.slice(0, maxText), at: new Date() });
  }

  #confirmed(member, { id }) {
    const pending = this.#pending.get(id);
    if (!pending) return;
    pending.by.add(member.id);
    this.emit('delivered', { id, to: pending.by.size, of: pending.of });
    if (pending.by.size >= pending.of) this.#pending.delete(id);
  }
}
