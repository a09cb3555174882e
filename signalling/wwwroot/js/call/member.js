/**
 * Another person in the room: its media connection, its channel, its file transfers, and what is known of it.
 *
 * Events: `changed` (name plate, devices, connection), `stream` (tracks came), `stats`, `silent` (its media stopped coming), `file` {transfer},
 * `message`.
 */
import { Emitter } from '../emitter.js';
import { Transfers, fileLabel } from '../files/transfers.js';
import { Channel, channelLabel } from './channel.js';
import { readStats } from './path.js';
import { Peer } from './peer.js';
import { Silence } from './silence.js';

/** Measurements, one a second, that nothing came in. The polite side waits longer, so that one side usually mends the path. */
const patience = { polite: 4, impolite: 2 };

export class Member extends Emitter {
  channel = new Channel();
  stream = new MediaStream();
  devices = { microphone: true, camera: true, screen: false };
  /** The same as long as it is the same page, also when the server gave it another id; undefined when the server says nothing of it. */
  client = undefined;
  /** Whether the server does not know of it (any more), while its connection is there. It cannot be told anything by way of the server. */
  isAdrift = false;
  #lifeless = 0;
  connection = 'new';
  stats = null;
  #silence;

  constructor({ id, name, role, client, ...connection }) {
    super();
    this.#silence = new Silence(patience[role] ?? patience.polite);
    this.id = id;
    this.client = client;
    this.name = name || 'Guest';
    this.peer = new Peer({ role, ...connection });
    this.files = new Transfers(this.peer, transfer => this.emit('file', transfer));
    this.peer.on('track', ({ track }) => this.#show(track));
    this.peer.on('connection', ({ state }) => {
      this.connection = state;
      this.emit('changed');
    });
    this.peer.on('channel', ({ channel }) => this.#opened(channel));
    this.channel.on('message', message => this.#take(message));
    if (this.peer.initiates) this.channel.use(this.peer.createChannel(channelLabel));
  }

  /** Whether our own end of the path is at a relay. */
  get isRelayed() {
    return this.stats?.local?.candidateType === 'relay';
  }

  /** Whether the person is there, whatever the server says: one who leaves closes the channel. */
  get isThere() {
    return this.peer.wasConnected && this.channel.isOpen;
  }

  /** The server does not know of it: it may come back under another id. */
  drift() {
    this.isAdrift = true;
    this.#lifeless = 0;
  }

  /** The same page came back under another id, or with another role: everything goes on. */
  goOn({ member: id, role }) {
    this.id = id;
    this.isAdrift = false;
    this.#silence.patience = patience[role] ?? patience.polite;
    this.peer.goOn(role);
    this.emit('changed');
  }

  /** Whether one that is adrift is lost: it has gone, or its path has been broken for `patience` of these questions, one a second. */
  isLost(patience) {
    this.#lifeless = this.peer.state === 'connected' ? 0 : this.#lifeless + 1;
    return !this.isThere || this.#lifeless > patience;
  }

  /** Tells this member what our devices do. */
  tell(devices) {
    this.channel.send({ type: 'devices', ...devices });
  }

  /** Looks for a path anew; the present one carries the media until then. */
  restart() {
    this.#silence.excuse();
    this.peer.restart();
  }

  async measure() {
    if (this.connection !== 'connected' && this.connection !== 'disconnected') return;
    this.stats = readStats(await this.peer.stats());
    this.emit('stats');
    const { microphone, camera, screen } = this.devices;
    if (this.#silence.measure(this.stats.received, microphone || camera || screen)) this.emit('silent');
  }

  close() {
    this.files.close();
    this.peer.close();
  }

  #opened(channel) {
    if (channel.label === channelLabel) this.channel.use(channel);
    else if (channel.label === fileLabel) this.files.receive(channel);
    else channel.close();
  }

  #take(message) {
    if (message.type === 'devices') {
      this.devices = { microphone: message.microphone === true, camera: message.camera === true, screen: message.screen === true };
      this.emit('changed');
    } else this.emit('message', message);
  }

  #show(track) {
    for (const old of this.stream.getTracks())
      if (old.kind === track.kind) this.stream.removeTrack(old);
    this.stream.addTrack(track);
    this.emit('stream');
  }
}
