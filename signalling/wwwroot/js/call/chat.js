/**
 * The text chat of the room: every message goes to each member over its channel, and each member confirms it.
 *
 * Events: `message` {id, own, name, text, at}, `delivery` {id, got, waiting, missed, late} of a message of ours, for `describeDelivery`.
 */
import { Emitter } from '../emitter.js';

/** Characters of one message. */
export const maxText = 4_000;

const maxSeen = 1_000;
/** Milliseconds within which an open connection should confirm a message. */
const confirmedWithin = 3_000;

export class Chat extends Emitter {
  #members;
  #pending = new Map();
  #seen = new Set();

  /** @param {() => Iterable<{id: string, name: string, channel: Channel}>} members those in the call now */
  constructor(members) {
    super();
    this.#members = members;
  }

  /** Sends `text` to everyone; its progress follows as `delivery`. */
  say(text) {
    const message = { type: 'chat', id: crypto.randomUUID?.() ?? String(Math.random()), text: text.slice(0, maxText) };
    const pending = { got: [], waiting: new Map(), missed: [], late: false };
    for (const member of this.#members()) {
      if (!member.channel.isOpen) pending.late = true;
      if (member.channel.send(message)) pending.waiting.set(member, member.name);
      else pending.missed.push(member.name);
    }
    if (this.#pending.size >= maxSeen) this.#pending.delete(this.#pending.keys().next().value);
    this.#pending.set(message.id, pending);
    this.emit('message', { id: message.id, own: true, name: '', text: message.text, at: new Date() });
    this.#tell(message.id, pending);
    setTimeout(() => {
      pending.late = true;
      if (this.#pending.get(message.id) === pending) this.#tell(message.id, pending);
    }, confirmedWithin);
  }

  /** The member left: what it has not confirmed did not reach it. */
  lose(member) {
    for (const [id, pending] of [...this.#pending]) {
      if (!pending.waiting.delete(member)) continue;
      pending.missed.push(member.name);
      this.#tell(id, pending);
    }
  }

  /** Handles a channel message of `member` if it belongs to the chat. */
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
    if (!pending?.waiting.delete(member)) return;
    pending.got.push(member.name);
    this.#tell(id, pending);
  }

  #tell(id, pending) {
    if (pending.waiting.size === 0) this.#pending.delete(id);
    this.emit('delivery', { id, got: pending.got, waiting: [...pending.waiting.values()], missed: pending.missed, late: pending.late });
  }
}
