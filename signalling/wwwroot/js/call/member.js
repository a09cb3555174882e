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
  connection = 'new';
  stats = null;
  #silence;

  constructor({ id, name, role, ...connection }) {
    super();
    this.#silence = new Silence(patience[role] ?? patience.polite);
    this.id = id;
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
    if (!this.peer.polite) this.channel.use(this.peer.createChannel(channelLabel));
  }

  /** Whether our own end of the path is at a relay. */
  get isRelayed() {
    return this.stats?.local?.candidateType === 'relay';
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
