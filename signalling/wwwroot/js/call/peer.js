/**
 * The media connection to one other member: perfect negotiation (the role comes from the server), one audio and one video
 * transceiver in both directions, ICE restarts when the path breaks.
 *
 * The side that is impolite at first makes the first offer; the other one adopts its transceivers. Everything later (microphone, camera,
 * screen) is a replaceTrack on these and needs no negotiation. When replaceTrack refuses, a new transceiver is negotiated.
 *
 * Both sides name their connection in what they tell (`connection`) and the one that they mean (`for`). So a connection that one side has
 * made anew, as after a restart of the server, is never mixed up with the one before.
 *
 * Events: `track` {track}, `connection` {state}, `channel` {channel}.
 */
import { Emitter } from '../emitter.js';

const gatherDelay = 40;
const disconnectedPatience = 3_000;
const restartPatience = 12_000;
const kinds = ['audio', 'video'];
/** STUN and TURN servers of which a failure is kept. */
const maxFailures = 20;

/** @typedef {{maxBitrate: number, scaleResolutionDownBy: number}} VideoBound bits per second, and by what width and height are divided */

export class Peer extends Emitter {
  #pc;
  #send;
  #polite;
  #initiates;
  #id = Array.from(crypto.getRandomValues(new Uint8Array(12)), byte => byte.toString(16).padStart(2, '0')).join('');
  #other = null;
  #tracks;
  #videoBound;
  #transceivers = {};
  #makingOffer = false;
  #ignoring = false;
  #incoming = Promise.resolve();
  #candidates = [];
  #gather = 0;
  #repair = 0;
  #failures = new Map();

  /**
   * @param {{role: 'polite' | 'impolite', iceServers: RTCIceServer[], policy: RTCIceTransportPolicy,
   *   tracks: {audio: ?MediaStreamTrack, video: ?MediaStreamTrack}, videoBound: VideoBound, send: (payload: object) => void}} options
   */
  constructor({ role, iceServers, policy, tracks, videoBound, send }) {
    super();
    this.#polite = role === 'polite';
    this.#initiates = !this.#polite;
    this.#tracks = { ...tracks };
    this.#videoBound = videoBound;
    this.#send = payload => send({ connection: this.#id, for: this.#other ?? undefined, ...payload });
    const pc = this.#pc = new RTCPeerConnection({ iceServers, iceTransportPolicy: policy, bundlePolicy: 'max-bundle' });
    pc.onnegotiationneeded = () => this.#offer();
    pc.onicecandidate = ({ candidate }) => candidate && this.#gathered(candidate);
    pc.onicecandidateerror = ({ url, errorCode, errorText }) => this.#failed(url ?? '', errorCode, errorText ?? '');
    pc.onicegatheringstatechange = () => pc.iceGatheringState === 'gathering' && this.#failures.clear();
    pc.ontrack = ({ track }) => this.emit('track', { track });
    pc.ondatachannel = ({ channel }) => this.emit('channel', { channel });
    pc.onconnectionstatechange = () => this.#connectionChanged();
    if (this.#initiates)
      for (const kind of kinds) this.#transceivers[kind] = pc.addTransceiver(this.#tracks[kind] ?? kind, { direction: 'sendrecv' });
  }

  get state() {
    return this.#pc.connectionState;
  }

  /** Whether a path was there and is not any more; the browser says so some seconds after it broke. */
  get isBroken() {
    return this.state === 'disconnected' || this.state === 'failed';
  }

  /** Whether the other side has said something of its connection. */
  get isAnswered() {
    return this.#pc.remoteDescription !== null && this.#pc.signalingState !== 'closed';
  }

  /** Largest message of a data channel that the other side takes, in bytes. */
  get maxMessage() {
    return this.#pc.sctp?.maxMessageSize ?? 16_384;
  }

  /** Whether this side makes the first offer, and the channel. */
  get initiates() {
    return this.#initiates;
  }

  /** Whether a path was there; it may be broken for the moment. */
  get wasConnected() {
    return this.state === 'connected' || this.state === 'disconnected';
  }

  stats() {
    return this.#pc.getStats();
  }

  /** What the search for a path has to go by, and which servers failed; for `readAttempt`. */
  get search() {
    const { iceServers = [], iceTransportPolicy: policy = 'all' } = this.#pc.getConfiguration();
    return {
      iceServers, policy,
      answered: this.#pc.remoteDescription !== null,
      gathering: this.#pc.iceGatheringState !== 'complete',
      failures: [...this.#failures.values()],
    };
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

  /** Bounds what this connection sends as video. @param {VideoBound} bound */
  async boundVideo(bound) {
    this.#videoBound = bound;
    const sender = this.#transceivers.video?.sender;
    const parameters = sender?.getParameters();
    if (!parameters?.encodings?.length) return;
    Object.assign(parameters.encodings[0], bound);
    await sender.setParameters(parameters).catch(() => {}); // Not negotiated yet: applied after the next answer.
  }

  /** Tells the other side of a connection that waits for its offer: it may still have an earlier one. */
  announce() {
    if (!this.#initiates) this.#send({});
  }

  /** Whether a payload is of another connection of the other side than the one that this is connected to: that one is no more. */
  isOfAnother({ connection, for: meant }) {
    return typeof connection === 'string' && !this.#isForAnother(meant) && connection !== this.#other && this.isAnswered;
  }

  /**
   * Goes on with the same person under another member's id: the connection stays, what was told under the earlier id may be lost.
   * @param {'polite' | 'impolite'} role
   */
  goOn(role) {
    this.#polite = role === 'polite';
    this.#offerAgain(() => this.state !== 'connected' && this.#mend(0));
  }

  // An offer that the other side may never get blocks every later one.
  #offerAgain(otherwise = () => {}) {
    // One that is being made now is told to whom it should be.
    const isLost = !this.#makingOffer && this.#pc.signalingState === 'have-local-offer';
    this.#incoming = this.#incoming.then(async () => {
      if (!isLost || this.#pc.signalingState !== 'have-local-offer') return otherwise();
      await this.#pc.setLocalDescription({ type: 'rollback' });
      this.restart();
    }).catch(error => console.warn('Could not go on with a connection:', error.message));
  }

  /** Takes a payload of the other side; what cannot be understood is dropped, it must not end the call. */
  handle(payload) {
    if (this.#isForAnother(payload.for)) return this.#incoming;
    if (typeof payload.connection === 'string' && payload.connection !== this.#other) {
      if (this.#other !== null) this.#offerAgain();
      this.#other = payload.connection;
    }
    this.#incoming = this.#incoming.then(() => this.#take(payload)).catch(error => console.warn('Dropped a negotiation message:', error.message));
    return this.#incoming;
  }

  /** Looks for a path anew. */
  restart() {
    if (this.#pc.signalingState !== 'closed') this.#pc.restartIce();
  }

  close() {
    clearTimeout(this.#repair);
    clearTimeout(this.#gather);
    this.#pc.onconnectionstatechange = null;
    this.#pc.close();
  }

  #isForAnother(meant) {
    return typeof meant === 'string' && meant !== this.#id;
  }

  async #offer() {
    // Before the first offer of the other side there is nothing that this one could ask for.
    if (!this.#initiates && !this.#pc.remoteDescription) return;
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

  #failed(url, code, text) {
    if (this.#failures.size < maxFailures || this.#failures.has(url)) this.#failures.set(url, { url, code, text: text.slice(0, 200) });
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
