/**
 * The media connection to one other member: perfect negotiation (the role comes from the server), one audio and one video
 * transceiver in both directions, ICE restarts when the path breaks.
 *
 * The side that is impolite at first makes the first offer; the other one adopts its transceivers. Everything later (microphone, camera,
 * screen) is a replaceTrack on these and needs no negotiation. If replaceTrack fails, a new transceiver is negotiated.
 *
 * Both sides name their own connection (`connection`) and the one that a message is for (`for`). A connection that one side has replaced,
 * for example after a restart of the server, is so never confused with the one before.
 *
 * Events: `track` {track}, `connection` {state}, `channel` {channel}.
 */
import { Emitter } from '../emitter.js';

const gatherDelay = 40;
const disconnectedPatience = 3_000;
const restartPatience = 12_000;
const kinds = ['audio', 'video'];
/** STUN and TURN servers whose last error is kept. */
const maxFailures = 20;

/** @typedef {{maxBitrate: number, scaleResolutionDownBy: number}} VideoBound bits per second, and the divisor of width and height */

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

  /** Whether the path broke; the browser reports it some seconds later. */
  get isBroken() {
    return this.state === 'disconnected' || this.state === 'failed';
  }

  /** Whether the other side has sent a description. */
  get isAnswered() {
    return this.#pc.remoteDescription !== null && this.#pc.signalingState !== 'closed';
  }

  /** The largest data channel message that the other side accepts, in bytes. */
  get maxMessage() {
    return this.#pc.sctp?.maxMessageSize ?? 16_384;
  }

  /** Whether this side makes the first offer and opens the channel. */
  get initiates() {
    return this.#initiates;
  }

  /** Whether there is a path, even if it is interrupted now. */
  get wasConnected() {
    return this.state === 'connected' || this.state === 'disconnected';
  }

  stats() {
    return this.#pc.getStats();
  }

  /** What the search for a path uses, and which servers failed; for `readAttempt`. */
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

  /** How loud the other person is now, from 0 to 1. */
  level() {
    const receiver = this.#transceivers.audio?.receiver;
    return receiver?.getSynchronizationSources?.()[0]?.audioLevel ?? 0;
  }

  /** Uses these servers from the next ICE restart on. */
  setIceServers(iceServers) {
    this.#pc.setConfiguration({ ...this.#pc.getConfiguration(), iceServers });
  }

  /** Sends `track` (null: nothing) as this kind from now on. */
  async setTrack(kind, track) {
    this.#tracks[kind] = track;
    const transceiver = this.#transceivers[kind];
    if (!transceiver) return; // The offer hasn't arrived yet; `#adopt` will use the track.
    try {
      await transceiver.sender.replaceTrack(track);
    } catch (error) {
      if (error.name !== 'InvalidModificationError') throw error;
      transceiver.stop();
      this.#transceivers[kind] = this.#pc.addTransceiver(track, { direction: 'sendrecv' });
    }
  }

  /** Limits the video that this connection sends. @param {VideoBound} bound */
  async boundVideo(bound) {
    this.#videoBound = bound;
    const sender = this.#transceivers.video?.sender;
    const parameters = sender?.getParameters();
    if (!parameters?.encodings?.length) return;
    Object.assign(parameters.encodings[0], bound);
    await sender.setParameters(parameters).catch(() => {}); // Not negotiated yet: applied after the next answer.
  }

  /** Announces a connection that waits for the other side's offer: that side may still have an earlier one. */
  announce() {
    if (!this.#initiates) this.#send({});
  }

  /** Whether a payload comes from a new connection of the other side: the one that this is connected to has ended. */
  isOfAnother({ connection, for: meant }) {
    return typeof connection === 'string' && !this.#isForAnother(meant) && connection !== this.#other && this.isAnswered;
  }

  /**
   * Continues with the same person under another id: the connection stays, messages sent under the earlier id may be lost.
   * @param {'polite' | 'impolite'} role
   */
  goOn(role) {
    this.#polite = role === 'polite';
    this.#offerAgain(() => this.state !== 'connected' && this.#restartAfter(0));
  }

  // An offer that the other side may never get blocks every later one.
  #offerAgain(otherwise = () => {}) {
    // An offer that is being made now goes to the new id.
    const isLost = !this.#makingOffer && this.#pc.signalingState === 'have-local-offer';
    this.#incoming = this.#incoming.then(async () => {
      if (!isLost || this.#pc.signalingState !== 'have-local-offer') return otherwise();
      await this.#pc.setLocalDescription({ type: 'rollback' });
      this.restart();
    }).catch(error => console.warn('Could not continue a connection:', error.message));
  }

  /** Handles a payload of the other side; an invalid one is dropped and must not end the call. */
  handle(payload) {
    if (this.#isForAnother(payload.for)) return this.#incoming;
    if (typeof payload.connection === 'string' && payload.connection !== this.#other) {
      if (this.#other !== null) this.#offerAgain();
      this.#other = payload.connection;
    }
    this.#incoming = this.#incoming.then(() => this.#take(payload))
      .catch(error => console.warn('Dropped a negotiation message:', error.message));
    return this.#incoming;
  }

  /** Looks for a new path. */
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
    // The first offer is the other side's.
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
      if (this.isBroken) this.#restartAfter(restartPatience); // The other side is restarting.
      await this.#adopt();
      await this.#pc.setLocalDescription();
      this.#send({ description: this.#pc.localDescription });
    }
    await this.boundVideo(this.#videoBound);
  }

  /** Adopts the transceivers of the other side's offer, and sends our tracks on them. */
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
    if (state === 'failed') this.#restartAfter(0);
    if (state === 'disconnected') this.#restartAfter(disconnectedPatience);
    this.emit('connection', { state });
  }

  /** Restarts ICE after `wait`, and again until connected. The polite side waits longer, so that usually only one side does. */
  #restartAfter(wait) {
    clearTimeout(this.#repair);
    this.#repair = setTimeout(() => {
      this.restart();
      this.#restartAfter(restartPatience);
    }, wait + (this.#polite ? 2_000 : 0));
  }
}
