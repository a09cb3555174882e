/** The file transfers with one member: each has a data channel of its own, labelled `file`. */
import { Incoming } from './incoming.js';
import { Outgoing } from './outgoing.js';

export const fileLabel = 'file';

/** Transfers with one member that may be open at once, in each direction. */
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

  /** Offers a file; null when too many are under way or the connection does not stand yet. */
  send(file) {
    if (this.#outgoing.size >= maxOpen || this.#peer.state !== 'connected') return null;
    return this.#track(this.#outgoing, new Outgoing(this.#peer.createChannel(fileLabel), file, this.#peer.maxMessage));
  }

  /** Takes a channel on which the other side offers a file. */
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
