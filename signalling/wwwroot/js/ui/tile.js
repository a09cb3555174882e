/** The tile of another person. Its data attributes say the state for styles and tests: member, connection, path, rtt, frames, … */
import { describePath, formatRtt } from '../call/path.js';
import { PathCard } from './path-card.js';
import { useSpeaker } from './devices.js';
import { clone } from './dom.js';
import { setFace } from './faces.js';
import { toast } from './notices.js';

const speakingLevel = 0.02;

const connectionNotes = {
  disconnected: 'The connection is weak…',
  failed: 'Looking for another way…',
};

export class Tile {
  #member;
  #video;
  #card;
  element = clone('tile-template');

  constructor(member) {
    this.#member = member;
    const element = this.element;
    element.setAttribute('aria-label', member.name);
    element.querySelector('.tile-name').textContent = member.name;
    setFace(element, member.name);
    this.#video = element.querySelector('video');
    this.#video.setAttribute('aria-label', `Picture of ${member.name}`);
    this.#card = new PathCard(element);
    const expand = element.querySelector('.expand');
    expand.setAttribute('aria-label', `Show ${member.name} on the full screen`);
    expand.addEventListener('click', () => this.#toggleFullScreen());
    member.on('changed', () => this.render());
    member.on('stream', () => this.#play());
    member.on('stats', () => this.#measured());
    this.render();
  }

  render() {
    const { devices, connection } = this.#member;
    const data = this.element.dataset;
    data.member = this.#member.id;
    data.connection = connection;
    data.microphone = devices.microphone;
    data.camera = devices.camera;
    data.screen = devices.screen;
    data.video = (devices.camera || devices.screen) && this.#video.srcObject !== null;
    const note = this.element.querySelector('.tile-note');
    note.textContent = connectionNotes[connection] ?? '';
    note.hidden = note.textContent === '';
    this.#badge();
  }

  /** Marks who speaks; called several times a second. */
  listen() {
    this.element.dataset.speaking = this.#member.devices.microphone && this.#member.peer.level() > speakingLevel;
  }

  remove() {
    this.element.remove();
    this.#video.srcObject = null;
  }

  async #play() {
    this.#video.srcObject = this.#member.stream;
    this.render();
    useSpeaker(this.#video);
    try {
      await this.#video.play();
    } catch (error) {
      if (error.name !== 'NotAllowedError') return; // A newer track took over.
      toast('The browser holds back the sound until you click somewhere on the page.');
      addEventListener('click', () => this.#video.play().catch(() => {}), { once: true });
    }
  }

  #measured() {
    const { stats } = this.#member;
    const data = this.element.dataset;
    data.frames = stats.frames;
    if (stats.path) data.path = stats.path;
    if (stats.rtt !== null) data.rtt = Math.round(stats.rtt);
    this.#badge();
    this.#card.show(stats);
  }

  #badge() {
    const { stats, connection, name } = this.#member;
    const connected = connection === 'connected' && stats?.path;
    const text = connected
      ? describePath(stats.path) + (stats.rtt === null ? '' : ` · ${formatRtt(stats.rtt)}`)
      : connection === 'new' || connection === 'connecting' || connection === 'connected' ? 'Connecting' : 'Reconnecting';
    this.element.querySelector('.badge-text').textContent = text;
    this.element.querySelector('.badge').setAttribute('aria-label', `${text}. How the media of ${name} flows`);
  }

  #toggleFullScreen() {
    if (document.fullscreenElement) document.exitFullscreen();
    else this.element.requestFullscreen().catch(() => toast('This browser does not show a part of the page on the full screen.'));
  }
}
