/** The file transfers with one member: each uses its own data channel, labelled `file`. */
import { Incoming } from './incoming.js';
import { Outgoing } from './outgoing.js';

export const fileLabel = 'file';

/** Open transfers with one member at a time, in each direction. */
export const maxOpen = 8;

export class Transfers {
  #peer;
  #announce;
  #outgoing = new Set();
  #incoming = new Set();

  constructor(peer, announce) {
    this.#peer = peer;
    this.#announce = announce;
  }

  /** Offers a file; null when too many are open or there is no connection yet. */
  send(file) {
    if (this.#outgoing.size >= maxOpen || this.#peer.state !== 'connected') return null;
    return this.#track(this.#outgoing, new Outgoing(this.#peer.createChannel(fileLabel), file, this.#peer.maxMessage));
  }

  /** Accepts a channel on which the other side offers a file. */
  receive(channel) {
    if (this.#incoming.size >= maxOpen) return channel.close();
    const transfer = new Incoming(channel);
    this.#track(this.#incoming, transfer);
    transfer.on('offered', () => this.#announce(transfer));
  }

  close() {
    for (const transfer of [...this.#outgoing, ...this.#incoming]) transfer.cancel();
  }

  #track(open, transfer) {
    open.add(transfer);
    transfer.on('changed', () => transfer.over && open.delete(transfer));
    return transfer;
  }
}
