/**
 * The media connection to one other member: perfect negotiation (the role comes from the server), one audio and one video
 * transceiver in both directions, ICE restarts when the path breaks.
 *
 * The impolite side makes the first offer; the polite side adopts its transceivers. Everything later (microphone, camera, screen)
 * is a replaceTrack on these and needs no negotiation. When replaceTrack refuses, a new transceiver is negotiated.
 *
 * Events: `track` {track}, `connection` {state}, `channel` {channel}.
 */
import { Emitter } from '../emitter.js';

const gatherDelay = 40;
const disconnectedPatience = 3_000;
const restartPatience = 12_000;
const kinds = ['audio', 'video'];

export class Peer extends Emitter {
  #pc;
  #send;
  #polite;
  #tracks;
  #videoBound;
  #transceivers = {};
  #makingOffer = false;
  #ignoring = false;
  #incoming = Promise.resolve();
  #candidates = [];
  #gather = 0;
  #repair = 0;

  /**
   * @param {{role: 'polite' | 'impolite', iceServers: RTCIceServer[], policy: RTCIceTransportPolicy,
   *   tracks: {audio: ?MediaStreamTrack, video: ?MediaStreamTrack}, videoBound: number, send: (payload: object) => void}} options
   *   `videoBound` in bits per second.
   */
  constructor({ role, iceServers, policy, tracks, videoBound, send }) {
    super();
    this.#polite = role === 'polite';
    this.#tracks = { ...tracks };
    this.#videoBound = videoBound;
    this.#send = send;
    const pc = this.#pc = new RTCPeerConnection({ iceServers, iceTransportPolicy: policy, bundlePolicy: 'max-bundle' });
    pc.onnegotiationneeded = () => this.#offer();
    pc.onicecandidate = ({ candidate }) => candidate && this.#gathered(candidate);
    pc.ontrack = ({ track }) => this.emit('track', { track });
    pc.ondatachannel = ({ channel }) => this.emit('channel', { channel });
    pc.onconnectionstatechange = () => this.#connectionChanged();
    if (!this.#polite)
      for (const kind of kinds) this.#transceivers[kind] = pc.addTransceiver(this.#tracks[kind] ?? kind, { direction: 'sendrecv' });
  }

  get state() {
    return this.#pc.connectionState;
  }

  /** Whether a path was there and is not any more; the browser says so some seconds after it broke. */
  get isBroken() {
    return this.state === 'disconnected' || this.state === 'failed';
  }

  /** Largest message of a data channel that the other side takes, in bytes. */
  get maxMessage() {
    return this.#pc.sctp?.maxMessageSize ?? 16_384;
  }

  get polite() {
    return this.#polite;
  }

  stats() {
    return this.#pc.getStats();
  }

  createChannel(label) {
    return this.#pc.createDataChannel(label);
  }

  /** How loud the other person is at this moment, 0 to 1. */
  level() {
    const receiver = this.#transceivers.audio?.receiver;
    return receiver?.getSynchronizationSources?.()[0]?.audioLevel ?? 0;
  }

  /** What is gathered from now on, after a restart that is, comes from these. */
  setIceServers(iceServers) {
    this.#pc.setConfiguration({ ...this.#pc.getConfiguration(), iceServers });
  }

  /** Sends `track` (null: nothing) as this kind from now on. */
  async setTrack(kind, track) {
    this.#tracks[kind] = track;
    const transceiver = this.#transceivers[kind];
    if (!transceiver) return; // The offer has not come yet; it will find the track.
    try {
      await transceiver.sender.replaceTrack(track);
    } catch (error) {
      if (error.name !== 'InvalidModificationError') throw error;
      transceiver.stop();
      this.#transceivers[kind] = this.#pc.addTransceiver(track, { direction: 'sendrecv' });
    }
  }

  /** Bounds what this connection sends as video, in bits per second: the upload is shared by all members. */
  async boundVideo(bitsPerSecond) {
    this.#videoBound = bitsPerSecond;
    const sender = this.#transceivers.video?.sender;
    const parameters = sender?.getParameters();
    if (!parameters?.encodings?.length) return;
    parameters.encodings[0].maxBitrate = bitsPerSecond;
    await sender.setParameters(parameters).catch(() => {}); // Not negotiated yet: applied after the next answer.
  }

  /** Takes a payload of the other side; what cannot be understood is dropped, it must not end the call. */
  handle(payload) {
    this.#incoming = this.#incoming.then(() => this.#take(payload)).catch(error => console.warn('Dropped a negotiation message:', error.message));
    return this.#incoming;
  }

  restart() {
    if (this.#pc.signalingState !== 'closed') this.#pc.restartIce();
  }

  close() {
    clearTimeout(this.#repair);
    clearTimeout(this.#gather);
    this.#pc.onconnectionstatechange = null;
    this.#pc.close();
  }

  async #offer() {
    // Before the first offer of the impolite side there is nothing that the polite side could ask for.
    if (this.#polite && !this.#pc.remoteDescription) return;
    try {
      this.#makingOffer = true;
      await this.#pc.setLocalDescription();
      this.#send({ description: this.#pc.localDescription });
    } catch (error) {
      if (this.#pc.signalingState !== 'closed') console.warn('Could not make an offer:', error.message);
    } finally {
      this.#makingOffer = false;
    }
  }

  async #take({ description, candidates }) {
    if (description) await this.#describe(description);
    for (const candidate of Array.isArray(candidates) ? candidates.slice(0, 100) : []) {
      try {
        await this.#pc.addIceCandidate(candidate);
      } catch (error) {
        if (!this.#ignoring) console.warn('Dropped a candidate:', error.message);
      }
    }
  }

  async #describe(description) {
    const collision = description.type === 'offer' && (this.#makingOffer || this.#pc.signalingState !== 'stable');
    this.#ignoring = !this.#polite && collision;
    if (this.#ignoring) return;
    await this.#pc.setRemoteDescription(description);
    if (description.type === 'offer') {
      if (this.isBroken) this.#mend(restartPatience); // The other side does it.
      await this.#adopt();
      await this.#pc.setLocalDescription();
      this.#send({ description: this.#pc.localDescription });
    }
    await this.boundVideo(this.#videoBound);
  }

  /** Takes up transceivers that the other side's offer made, and sends our tracks on them. */
  async #adopt() {
    const ours = new Set(Object.values(this.#transceivers));
    for (const transceiver of this.#pc.getTransceivers()) {
      if (ours.has(transceiver) || transceiver.stopped || transceiver.direction === 'stopped') continue;
      const kind = transceiver.receiver.track.kind;
      transceiver.direction = 'sendrecv';
      this.#transceivers[kind] = transceiver;
      await transceiver.sender.replaceTrack(this.#tracks[kind]);
    }
  }

  #gathered(candidate) {
    this.#candidates.push(candidate.toJSON());
    this.#gather ||= setTimeout(() => {
      this.#gather = 0;
      this.#send({ candidates: this.#candidates.splice(0) });
    }, gatherDelay);
  }

  #connectionChanged() {
    const state = this.#pc.connectionState;
    clearTimeout(this.#repair);
    if (state === 'failed') this.#mend(0);
    if (state === 'disconnected') this.#mend(disconnectedPatience);
    this.emit('connection', { state });
  }

  /** Restarts ICE after `wait`, and again until the connection stands. The polite side waits longer, so that one side usually does it. */
  #mend(wait) {
    clearTimeout(this.#repair);
    this.#repair = setTimeout(() => {
      this.restart();
      this.#mend(restartPatience);
    }, wait + (this.#polite ? 2_000 : 0));
  }
}
