/**
 * What sending and receiving a file have in common: a data channel with JSON messages and binary pieces between them.
 *
 *   sender → receiver   {type: 'offer', name, size, mime}
 *   receiver → sender   {type: 'accept'} or {type: 'decline', why}
 *   sender → receiver   the bytes, at most `window` beyond what was taken, then {type: 'end', sha256}
 *   receiver → sender   {type: 'taken', bytes} from time to time, finally {type: 'verified'} or {type: 'broken', why}
 *   either              {type: 'cancel'}
 *
 * States: offered, waiting, moving, checking, then one of done, declined, cancelled, failed. Event: `changed`.
 */
import { Emitter } from '../emitter.js';

/** Bytes in flight that the receiver has not stored yet; bounds its memory. */
export const window = 4 << 20;

const over = new Set(['done', 'declined', 'cancelled', 'failed']);
const maxControl = 4_096;

export class Transfer extends Emitter {
  name = '';
  size = 0;
  moved = 0;
  state = 'waiting';
  why = '';
  /** The verified SHA-256 in hexadecimal. */
  sha256 = '';

  constructor(channel) {
    super();
    this.channel = channel;
    channel.binaryType = 'arraybuffer';
    channel.onmessage = ({ data }) => this.#receive(data);
    channel.onclose = () => this.finish('failed', 'The connection closed before the file was complete.');
  }

  get over() {
    return over.has(this.state);
  }

  cancel() {
    if (this.over) return;
    this.tell({ type: 'cancel' });
    this.finish('cancelled');
  }

  tell(message) {
    if (this.channel.readyState === 'open') this.channel.send(JSON.stringify(message));
  }

  change(state) {
    this.state = state;
    this.emit('changed');
  }

  /** Ends the transfer in `state`; only the first call has an effect. */
  finish(state, why = '') {
    if (this.over) return;
    this.why = why;
    this.ended?.(state);
    this.change(state);
    // Closing waits until everything buffered was sent.
    this.channel.close();
  }

  #receive(data) {
    if (this.over) return;
    if (typeof data !== 'string') return this.takeBytes?.(new Uint8Array(data));
    if (data.length > maxControl) return this.finish('failed', 'The other side sent an invalid message.');
    try {
      const message = JSON.parse(data);
      if (message.type === 'cancel') this.finish('cancelled', 'Cancelled by the other side.');
      else this.take(message);
    } catch {
      this.finish('failed', 'The other side sent an invalid message.');
    }
  }
}
