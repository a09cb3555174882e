/**
 * A call: the signalling connection and everyone in the room.
 *
 * Media flows from page to page, so it outlives the server and the server's list of members: a client that comes back under another id
 * keeps its connection.
 *
 * Events: `entered` {room, id, name} (name: ours, from the server), `member` (someone joined), `gone` {member, reason, again} (again: its
 * connection is replaced, it didn't leave), `signalling` {state, retryIn, resumed}, `condition` (a connection's state may have changed),
 * `notice` {message}, `ended` {words}.
 */
import { Emitter } from '../emitter.js';
import { ClientKey } from '../signalling/client-key.js';
import { Signalling } from '../signalling/signalling.js';
import { Chat } from './chat.js';
import { Member } from './member.js';
import { onNetworkChange } from './network.js';
import { videoFor } from './rate.js';

const measureInterval = 1_000;
/** Measurements to wait for a member that has no path and is unknown to the server: longer than the longest wait between two attempts. */
const adriftPatience = 20;

export class Call extends Emitter {
  members = new Map();
  id = null;
  /** When the signalling connection was lost; null while connected. */
  lostAt = null;
  chat = new Chat(() => this.members.values());
  #signalling;
  #key;
  #media;
  #policy;
  #iceServers = [];
  #measuring = 0;
  #doubted = new Set();
  #unhook = [];

  /** @param {{url: string, room: string, name: string, media: Media, policy: RTCIceTransportPolicy}} options */
  constructor({ url, room, name, media, policy }) {
    super();
    this.#media = media;
    this.#policy = policy;
    this.#key = new ClientKey(room);
    const signalling = this.#signalling = new Signalling({ url, room, name, key: this.#key });
    signalling.on('state', state => {
      if (state.state === 'open') this.lostAt = null;
      else if (state.state === 'waiting') this.lostAt ??= performance.now();
      this.emit('signalling', state);
      this.emit('condition');
    });
    signalling.on('welcome', message => this.#welcome(message));
    signalling.on('alive', () => this.#repair());
    signalling.on('joined', message => this.#came(message));
    signalling.on('left', ({ member, reason }) => this.#left(member, reason));
    signalling.on('signal', ({ from, payload }) => this.#signal(from, payload ?? {}));
    signalling.on('iceServers', ({ iceServers }) => this.#renew(iceServers));
    signalling.on('notice', message => this.emit('notice', message));
    signalling.on('closed', closed => {
      this.#stop();
      this.emit('ended', closed);
    });
    this.#unhook.push(media.on('track', ({ kind, track }) => {
      for (const member of this.members.values()) member.peer.setTrack(kind, track).catch(error => this.emit('notice', error));
      this.#share();
    }));
    this.#unhook.push(onNetworkChange(() => this.#doubt(this.members.values())));
    this.#unhook.push(media.on('changed', () => {
      for (const member of this.members.values()) member.tell(media.devices);
    }));
  }

  open() {
    this.#key.recall().finally(() => this.#signalling.open());
    this.#measuring = setInterval(() => this.#measure(), measureInterval);
  }

  /** Ends the call for good. */
  leave() {
    this.#signalling.leave();
    this.#stop();
  }

  /** Looks for a new path to `member`, at the person's request. */
  retry(member) {
    member.retry();
    this.#doubt([member]);
  }

  #stop() {
    this.#key.release();
    clearInterval(this.#measuring);
    for (const unhook of this.#unhook.splice(0)) unhook();
    for (const id of [...this.members.keys()]) this.#remove(id, 'ended', true);
  }

  #welcome({ member, room, name, members, resumed, iceServers }) {
    const present = new Set(members.map(other => other.member));
    const returned = new Set(members.map(other => other.client));
    for (const known of [...this.members.values()])
      if (!(resumed && present.has(known.id)) && !(known.client && returned.has(known.client))) this.#unknown(known);
    this.id = member;
    this.#renew(iceServers);
    this.emit('entered', { room, id: member, name });
    for (const other of members) this.#came(other);
  }

  /** A member is in the room: new, still there, or back under another id. */
  #came({ member: id, name, role, client }) {
    if (id === this.id || this.members.has(id)) return;
    const known = client && [...this.members.values()].find(member => member.client === client);
    // A connection that the other side hasn't answered isn't worth keeping.
    if (known && !known.peer.isAnswered) this.#remove(known.id, 'again', true);
    if (!known?.peer.isAnswered) return this.#add({ member: id, name, role, client });
    this.members.delete(known.id);
    known.goOn({ member: id, role });
    this.members.set(id, known);
    if (known.isRelayed) known.restart(); // With the credentials of the welcome.
  }

  /** The server lost a member that may not have left. */
  #unknown(member) {
    if (member.isThere) member.drift();
    else this.#remove(member.id, 'gone', false);
  }

  #left(id, reason) {
    const member = this.members.get(id);
    // A member that can't reach the server may still reach us.
    if (member && reason === 'lost') this.#unknown(member);
    else this.#remove(id, reason, false);
  }

  #signal(from, payload) {
    let member = this.members.get(from);
    if (!member) return;
    if (member.peer.isOfAnother(payload)) {
      const { name, role, client } = member;
      this.#remove(from, 'again', true);
      member = this.#add({ member: from, name, role, client });
    }
    member.peer.handle(payload);
  }

  #add({ member: id, name, role, client }) {
    const member = new Member({
      id, name, role, client,
      iceServers: this.#iceServers,
      policy: this.#policy,
      tracks: this.#media.tracks,
      videoBound: this.#videoFor(null, this.members.size + 1),
      send: payload => member.isAdrift || this.#signalling.send(member.id, payload),
    });
    this.members.set(id, member);
    member.channel.on('open', () => member.tell(this.#media.devices));
    member.on('message', message => this.chat.take(member, message));
    member.on('silent', () => this.#doubt([member]));
    member.on('shown', () => this.#share());
    this.#share();
    this.emit('member', member);
    member.peer.announce();
    return member;
  }

  #remove(id, reason, again) {
    const member = this.members.get(id);
    if (!member) return;
    this.members.delete(id);
    this.#doubted.delete(member);
    member.close();
    this.chat.lose(member);
    this.#share();
    this.emit('gone', { member, reason, again });
  }

  /**
   * The relay removes an allocation soon after its credential expires, so a relayed path moves to a new allocation now. Media flows over
   * the old one until the new path is ready.
   */
  #renew(iceServers) {
    this.#iceServers = iceServers;
    for (const member of this.members.values()) {
      member.peer.setIceServers(iceServers);
      if (member.isRelayed && !member.isAdrift) member.restart();
    }
  }

  /**
   * The paths to these members may be broken. A new path needs signalling, which may be broken too and would notice late by itself, so it
   * is checked first. Its answer also shows that names resolve again, which finding a relay needs.
   */
  #doubt(members) {
    for (const member of members) this.#doubted.add(member);
    if (this.#doubted.size > 0) this.#signalling.check();
  }

  #repair() {
    for (const member of this.members.values())
      if (this.#doubted.has(member) || member.peer.isBroken) member.restart();
    this.#doubted.clear();
  }

  #share() {
    for (const member of this.members.values()) member.peer.boundVideo(this.#videoFor(member.shown, this.members.size));
  }

  #videoFor(shown, people) {
    const { width, height } = this.#media.tracks.video?.getSettings() ?? {};
    return videoFor({ people, captured: width && height ? { width, height } : null, shown, screen: this.#media.devices.screen });
  }

  async #measure() {
    for (const member of [...this.members.values()])
      if (member.isAdrift && member.isLost(adriftPatience)) this.#remove(member.id, 'gone', false);
    // A connection that closes meanwhile has no statistics.
    await Promise.all([...this.members.values()].map(member => member.measure().catch(() => {})));
    this.emit('condition');
  }
}
