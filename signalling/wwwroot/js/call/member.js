/**
 * Another person in the room: the media connection, the channel, the file transfers, and their state.
 *
 * Events: `changed` (name, devices, connection), `stream` (new tracks), `stats`, `silent` (its media stopped), `shown` (the size at which
 * its page shows us), `file` {transfer}, `message`.
 */
import { Emitter } from '../emitter.js';
import { Transfers, fileLabel } from '../files/transfers.js';
import { Channel, channelLabel } from './channel.js';
import { readAttempt } from './attempt.js';
import { describeMember } from './condition.js';
import { readStats } from './path.js';
import { Peer } from './peer.js';
import { Pulse } from './pulse.js';
import { Quality } from './quality.js';
import { largestSide } from './rate.js';
import { Silence } from './silence.js';

/** Measurements, one a second, without data. The polite side waits longer, so that usually only one side restarts ICE. */
const patience = { polite: 4, impolite: 2 };

export class Member extends Emitter {
  channel = new Channel();
  stream = new MediaStream();
  devices = { microphone: true, camera: true, screen: false };
  /** The same for the same page, also when the server gives it another id; undefined when the server doesn't send it. */
  client = undefined;
  /** Whether the server doesn't know it any more while its connection works. Signals can't reach it then. */
  isAdrift = false;
  #lifeless = 0;
  connection = 'new';
  stats = null;
  /** What was tried to reach the member, from `readAttempt`; null until the first measurement. */
  attempt = null;
  /** How good the connection is, from `judge`. */
  quality = { level: 'good', words: [] };
  /** The size at which the member's page shows our video, in its screen's pixels; null until it reports it. */
  shown = null;
  #silence;
  #judge = new Quality();
  #size = null;
  #pulse = new Pulse(performance.now());

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
      if (state === 'connected') this.#pulse.connected(performance.now());
      else if (this.connection === 'connected') this.#pulse.waits(performance.now());
      this.connection = state;
      this.emit('changed');
    });
    this.peer.on('channel', ({ channel }) => this.#opened(channel));
    this.channel.on('message', message => this.#take(message));
    this.channel.on('open', () => this.#tellSize());
    if (this.peer.initiates) this.channel.use(this.peer.createChannel(channelLabel));
  }

  /** Whether our end of the path is a relay. */
  get isRelayed() {
    return this.stats?.local?.candidateType === 'relay';
  }

  /** Whether the person is there, whatever the server says: a member that leaves closes the channel. */
  get isThere() {
    return this.peer.wasConnected && this.channel.isOpen;
  }

  /** The server doesn't know it any more; it may come back under another id. */
  drift() {
    this.isAdrift = true;
    this.#lifeless = 0;
  }

  /** The same page came back under another id, or with another role: everything continues. */
  goOn({ member: id, role }) {
    this.id = id;
    this.isAdrift = false;
    this.#silence.patience = patience[role] ?? patience.polite;
    this.peer.goOn(role);
    this.emit('changed');
  }

  /** Whether a member that is adrift is lost: it left, or its path was broken in more than `patience` calls, one a second. */
  isLost(patience) {
    this.#lifeless = this.peer.state === 'connected' ? 0 : this.#lifeless + 1;
    return !this.isThere || this.#lifeless > patience;
  }

  /** Whether something arrives over the path, if only the response to a check. */
  get isFlowing() {
    return this.connection === 'connected' && this.#pulse.beats(performance.now());
  }

  /** Whether something arrived over the path after `time`. */
  heardSince(time) {
    return this.isFlowing && this.#pulse.heardSince(time);
  }

  /** The connection's state as text. @param {boolean} reachable whether signalling is */
  describe(reachable) {
    return describeMember({
      connection: this.connection, path: this.stats?.path ?? null, rtt: this.stats?.rtt ?? null, quality: this.quality, reachable,
      met: this.#pulse.met, quiet: !this.isFlowing, waited: this.isFlowing ? 0 : this.#pulse.waited(performance.now()),
    });
  }

  /** Sends this member the state of our devices; a channel that opens later gets the state at that time. */
  tell(devices) {
    if (this.channel.isOpen) this.channel.send({ type: 'devices', ...devices });
  }

  /** Tells this member the size at which we show its video, in pixels of our screen. */
  tellSize(width, height) {
    if (this.#size?.width === width && this.#size.height === height) return;
    this.#size = { width, height };
    this.#tellSize();
  }

  /** Looks for a new path; the present one carries the media until then. */
  restart() {
    this.#silence.excuse();
    this.peer.restart();
  }

  /** Tries again at the person's request; the time without a path starts over. */
  retry() {
    this.#pulse.waits(performance.now());
    this.restart();
    this.emit('changed');
  }

  async measure() {
    const report = await this.peer.stats();
    if (this.peer.state === 'closed') return;
    this.attempt = readAttempt(report, this.peer.search);
    const stats = readStats(report);
    if (stats.path !== null) this.#measured(stats);
    this.emit('stats');
  }

  close() {
    this.files.close();
    this.peer.close();
  }

  #measured(stats) {
    const { microphone, camera, screen } = this.devices;
    this.#pulse.measured(stats.heard, performance.now());
    if (stats.path !== this.stats?.path) this.#judge.reset();
    this.stats = stats;
    this.quality = this.#judge.measure(stats, camera && !screen);
    const watched = this.connection === 'connected' || this.connection === 'disconnected';
    if (watched && this.#silence.measure(stats.bytes.received, microphone || camera || screen)) this.emit('silent');
  }

  #tellSize() {
    if (this.#size && this.channel.isOpen) this.channel.send({ type: 'picture', ...this.#size });
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
    } else if (message.type === 'picture') {
      if (![message.width, message.height].every(side => Number.isInteger(side) && side >= 0 && side <= largestSide)) return;
      this.shown = { width: message.width, height: message.height };
      this.emit('shown');
    } else this.emit('message', message);
  }

  #show(track) {
    for (const old of this.stream.getTracks())
      if (old.kind === track.kind) this.stream.removeTrack(old);
    this.stream.addTrack(track);
    this.emit('stream');
  }
}
