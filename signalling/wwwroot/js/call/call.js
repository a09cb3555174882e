/**
 * A call: the signalling connection and everybody in the room.
 *
 * Events: `entered` {room, id, name} (name: ours, as the server has it), `member` (somebody came), `gone` {member, reason, again} (again: the session starts anew, nobody
 * really left), `signalling` {state, retryIn, resumed}, `notice` {message}, `ended` {words}.
 */
import { Emitter } from '../emitter.js';
import { Signalling } from '../signalling/signalling.js';
import { Chat } from './chat.js';
import { Member } from './member.js';
import { onNetworkChange } from './network.js';

const measureInterval = 1_000;
/** Bits per second of video to all others together, and the least and most to one. */
const videoBudget = 6_000_000;
const leastVideo = 300_000;
const mostVideo = 2_500_000;

export class Call extends Emitter {
  members = new Map();
  id = null;
  chat = new Chat(() => this.members.values());
  #signalling;
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
    const signalling = this.#signalling = new Signalling({ url, room, name });
    signalling.on('state', state => this.emit('signalling', state));
    signalling.on('welcome', message => this.#welcome(message));
    signalling.on('alive', () => this.#mend());
    signalling.on('joined', message => this.#add(message));
    signalling.on('left', ({ member, reason }) => this.#remove(member, reason, false));
    signalling.on('signal', ({ from, payload }) => this.members.get(from)?.peer.handle(payload ?? {}));
    signalling.on('iceServers', ({ iceServers }) => this.#renew(iceServers));
    signalling.on('notice', message => this.emit('notice', message));
    signalling.on('closed', closed => {
      this.#stop();
      this.emit('ended', closed);
    });
    this.#unhook.push(media.on('track', ({ kind, track }) => {
      for (const member of this.members.values()) member.peer.setTrack(kind, track).catch(error => this.emit('notice', error));
    }));
    this.#unhook.push(onNetworkChange(() => this.#doubt(this.members.values())));
    this.#unhook.push(media.on('changed', () => {
      for (const member of this.members.values()) member.tell(media.devices);
    }));
  }

  open() {
    this.#signalling.open();
    this.#measuring = setInterval(() => this.#measure(), measureInterval);
  }

  /** Ends the call for good. */
  leave() {
    this.#signalling.leave();
    this.#stop();
  }

  #stop() {
    clearInterval(this.#measuring);
    for (const unhook of this.#unhook.splice(0)) unhook();
    for (const id of [...this.members.keys()]) this.#remove(id, 'ended', true);
  }

  #welcome({ member, room, name, members, resumed, iceServers }) {
    const present = new Set(members.map(other => other.member));
    for (const id of [...this.members.keys()])
      if (!resumed || !present.has(id)) this.#remove(id, 'gone', !resumed);
    this.id = member;
    this.#renew(iceServers);
    this.emit('entered', { room, id: member, name });
    for (const other of members) this.#add(other);
  }

  #add({ member: id, name, role }) {
    if (id === this.id || this.members.has(id)) return;
    const member = new Member({
      id, name, role,
      iceServers: this.#iceServers,
      policy: this.#policy,
      tracks: this.#media.tracks,
      videoBound: this.#videoShare(this.members.size + 1),
      send: payload => this.#signalling.send(id, payload),
    });
    this.members.set(id, member);
    member.channel.on('open', () => member.tell(this.#media.devices));
    member.on('message', message => this.chat.take(member, message));
    member.on('silent', () => this.#doubt([member]));
    this.#share();
    this.emit('member', member);
  }

  #remove(id, reason, again) {
    const member = this.members.get(id);
    if (!member) return;
    this.members.delete(id);
    this.#doubted.delete(member);
    member.close();
    this.#share();
    this.emit('gone', { member, reason, again });
  }

  /**
   * The relay ends what was allocated with the earlier credential soon after that has ended: a path over it moves to a new allocation now.
   * Until the new path stands the media flows on the old one.
   */
  #renew(iceServers) {
    this.#iceServers = iceServers;
    for (const member of this.members.values()) {
      member.peer.setIceServers(iceServers);
      if (member.isRelayed) member.restart();
    }
  }

  /**
   * The paths to these members may be broken. Another one is looked for by way of signalling, which may be broken too and would find out late by itself:
   * so that is asked first. Its answer also says that names are resolved again, without which no relay would be found.
   */
  #doubt(members) {
    for (const member of members) this.#doubted.add(member);
    if (this.#doubted.size > 0) this.#signalling.check();
  }

  #mend() {
    for (const member of this.members.values())
      if (this.#doubted.has(member) || member.peer.isBroken) member.restart();
    this.#doubted.clear();
  }

  #share() {
    for (const member of this.members.values()) member.peer.boundVideo(this.#videoShare(this.members.size));
  }

  #videoShare(members) {
    return Math.min(mostVideo, Math.max(leastVideo, Math.floor(videoBudget / Math.max(1, members))));
  }

  #measure() {
    for (const member of this.members.values()) member.measure().catch(() => {}); // A connection that closes meanwhile has no statistics.
  }
}
