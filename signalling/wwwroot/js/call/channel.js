/**
 * Small JSON messages to one member over a data channel: chat and the state of devices. Bounded in both directions; messages wait here
 * until the channel opens.
 *
 * Events: `message` (an object with a string `type`), `open`.
 */
import { Emitter } from '../emitter.js';

export const channelLabel = 'causeway';

const maxWaiting = 200;
const maxLength = 16_384;
const maxBuffered = 1 << 20;

export class Channel extends Emitter {
  #channel = null;
  #waiting = [];

  use(channel) {
    this.#channel = channel;
    channel.onopen = () => this.#opened();
    channel.onmessage = ({ data }) => this.#receive(data);
    if (channel.readyState === 'open') this.#opened();
  }

  get isOpen() {
    return this.#channel?.readyState === 'open';
  }

  /** Returns false when the message was not accepted: too much is waiting already. */
  send(message) {
    const text = JSON.stringify(message);
    if (!this.isOpen) {
      if (this.#waiting.length >= maxWaiting) return false;
      this.#waiting.push(text);
      return true;
    }
    if (this.#channel.bufferedAmount > maxBuffered) return false;
    this.#channel.send(text);
    return true;
  }

  #opened() {
    for (const text of this.#waiting.splice(0)) this.#channel.send(text);
    this.emit('open');
  }

  #receive(data) {
    if (typeof data !== 'string' || data.length > maxLength) return;
    try {
      const message = JSON.parse(data);
      if (typeof message?.type === 'string') this.emit('message', message);
    } catch {
      // Not JSON: ignored.
    }
  }
}
