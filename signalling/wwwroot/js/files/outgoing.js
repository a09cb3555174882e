/** Sends one file: reads, hashes and sends it piece by piece, as fast as the network and the receiver's disk allow. */
import { cleanName, cleanWords } from './names.js';
import { Sha256 } from './sha256.js';
import { Transfer, window } from './transfer.js';

const readSize = 1 << 20;
const highWater = 2 << 20;
const lowWater = 512 << 10;
const largestPiece = 64 << 10;

export class Outgoing extends Transfer {
  #file;
  #piece;
  #taken = 0;
  #wake = null;

  constructor(channel, file, maxMessage) {
    super(channel);
    this.#file = file;
    this.#piece = Math.min(largestPiece, maxMessage || largestPiece);
    this.name = cleanName(file.name);
    this.size = file.size;
    channel.bufferedAmountLowThreshold = lowWater;
    channel.onbufferedamountlow = () => this.#wake?.();
    channel.onopen = () => this.tell({ type: 'offer', name: this.name, size: file.size, mime: file.type.slice(0, 127) });
  }

  take(message) {
    if (message.type === 'accept' && this.state === 'waiting') {
      this.change('moving');
      this.#send().catch(error => {
        this.tell({ type: 'cancel' });
        this.finish('failed', `Could not read the file: ${error.message}`);
      });
    } else if (message.type === 'decline') this.finish('declined', cleanWords(message.why));
    else if (message.type === 'taken' && message.bytes > this.#taken && message.bytes <= this.size) {
      this.#taken = this.moved = message.bytes;
      this.#wake?.();
      this.emit('changed');
    } else if (message.type === 'verified') {
      this.moved = this.size;
      this.finish('done');
    } else if (message.type === 'broken') this.finish('failed', cleanWords(message.why));
  }

  ended() {
    this.#wake?.();
  }

  async #send() {
    const hash = new Sha256();
    let sent = 0;
    while (sent < this.size && !this.over) {
      const block = new Uint8Array(await this.#file.slice(sent, sent + readSize).arrayBuffer());
      if (block.length === 0) throw new Error('it shrank while it was being sent');
      hash.update(block);
      for (let offset = 0; offset < block.length; offset += this.#piece) {
        while (!this.over && (this.channel.bufferedAmount > highWater || sent + offset - this.#taken > window)) await this.#untilWritable();
        if (this.over) return;
        this.channel.send(block.subarray(offset, offset + this.#piece));
      }
      sent += block.length;
    }
    if (this.over) return;
    this.sha256 = hash.hex();
    this.tell({ type: 'end', sha256: this.sha256 });
    this.change('checking');
  }

  #untilWritable() {
    return new Promise(resolve => {
      this.#wake = () => {
        this.#wake = null;
        resolve();
      };
    });
  }
}
