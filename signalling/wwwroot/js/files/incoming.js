/** Receives one file: offered, accepted by the person, stored piece by piece, verified, and only then made available. */
import { cleanName } from './names.js';
import { Sha256 } from './sha256.js';
import { openStore } from './store.js';
import { Transfer } from './transfer.js';

const reportEvery = 512 << 10;

export class Incoming extends Transfer {
  incoming = true;
  /** The verified file; the store keeps it until `discard`. */
  file = null;
  #store = null;
  #hash = new Sha256();
  #writing = Promise.resolve();
  #arrived = 0;
  #reported = 0;

  async accept() {
    if (this.state !== 'offered') return;
    this.change('moving');
    try {
      this.#store = await openStore(this.size);
    } catch (error) {
      this.tell({ type: 'decline', why: 'not enough free space' });
      return this.finish('failed', error.message);
    }
    if (this.over) return this.#store.discard();
    this.tell({ type: 'accept' });
  }

  decline() {
    this.tell({ type: 'decline', why: '' });
    this.finish('declined');
  }

  take(message) {
    if (message.type === 'offer' && this.state === 'waiting') this.#offered(message);
    else if (message.type === 'end' && this.state === 'moving') {
      this.change('checking');
      this.#writing = this.#writing.then(() => this.#verify(message.sha256)).catch(error => this.#broken(error.message));
    }
  }

  takeBytes(bytes) {
    this.#arrived += bytes.length;
    if (this.state !== 'moving' || !this.#store || this.#arrived > this.size) return this.#broken('Received more data than announced.');
    this.#writing = this.#writing.then(() => this.#write(bytes)).catch(error => this.#broken(`Could not store the file: ${error.message}`));
  }

  ended(state) {
    if (state !== 'done') this.#writing.then(() => this.#store?.discard()).catch(() => {});
  }

  /** Deletes the stored file. */
  discard() {
    this.file = null;
    this.#store?.discard();
  }

  #offered({ name, size, mime }) {
    if (typeof name !== 'string' || !Number.isSafeInteger(size) || size < 0) return this.#broken('The offer is invalid.');
    this.name = cleanName(name);
    this.size = size;
    this.mime = typeof mime === 'string' ? mime : '';
    this.state = 'offered';
    this.emit('offered');
  }

  async #write(bytes) {
    if (this.over) return;
    await this.#store.write(bytes);
    this.#hash.update(bytes);
    this.moved += bytes.length;
    if (this.moved - this.#reported < reportEvery && this.moved < this.size) return;
    this.#reported = this.moved;
    this.tell({ type: 'taken', bytes: this.moved });
    this.emit('changed');
  }

  async #verify(expected) {
    if (this.over) return;
    const found = this.#hash.hex();
    const isComplete = this.moved === this.size && found === expected;
    if (!isComplete) return this.#broken('The file arrived damaged: its SHA-256 differs. Ask for it again.');
    this.file = await this.#store.finish();
    this.sha256 = found;
    this.tell({ type: 'verified' });
    this.finish('done');
  }

  #broken(why) {
    this.tell({ type: 'broken', why });
    this.finish('failed', why);
  }
}
