/** The tile of another person. Its data attributes carry the state for styles and tests: member, connection, path, quality, frames, … */
import { explainAttempt, nameAttempt } from '../call/attempt.js';
import { PathCard } from './path-card.js';
import { useSpeaker } from './devices.js';
import { clone } from './dom.js';
import { setFace } from './faces.js';
import { announce, toast } from './notices.js';

const speakingLevel = 0.02;

export class Tile {
  #video;
  #card;
  #reachable = true;
  /** 'no', 'awaited' or 'yes'. */
  #picture = 'no';
  #framesBefore = 0;
  #stuck = false;
  element = clone('tile-template');

  /** @param {Member} member @param {() => void} retry looks for a new path */
  constructor(member, retry) {
    this.member = member;
    const element = this.element;
    element.setAttribute('aria-label', member.name);
    element.querySelector('.tile-name').textContent = member.name;
    setFace(element, member.name);
    this.#video = element.querySelector('video');
    this.#video.setAttribute('aria-label', `Video of ${member.name}`);
    this.#card = new PathCard(element);
    const expand = element.querySelector('.expand');
    expand.setAttribute('aria-label', `Show ${member.name} full screen`);
    expand.addEventListener('click', () => this.#toggleFullScreen());
    element.querySelector('.retry').addEventListener('click', () => {
      retry();
      // The button disappears; the focus moves to the badge, where the person can follow the attempt.
      element.querySelector('.badge').focus();
      announce(`Looking for a path to ${member.name} again`);
    });
    member.on('changed', () => this.render());
    member.on('stream', () => this.#play());
    member.on('stats', () => this.#measured());
    this.render();
  }

  /** Signalling was lost or is back, or time has passed. */
  update(reachable) {
    this.#reachable = reachable;
    this.render();
  }

  render() {
    const { devices, connection, name } = this.member;
    const data = this.element.dataset;
    const shows = devices.camera || devices.screen;
    if (!shows) this.#picture = 'no';
    else if (this.#picture === 'no') this.#awaitPicture();
    data.member = this.member.id;
    data.connection = connection;
    data.microphone = devices.microphone;
    data.camera = devices.camera;
    data.screen = devices.screen;
    data.video = this.#picture === 'yes';
    this.element.querySelector('.tile-doing').textContent = devices.screen ? 'sharing the screen' : '';

    const { level, badge, note, stuck } = this.member.describe(this.#reachable);
    data.quality = level;
    data.stuck = stuck;
    setText(this.element.querySelector('.tile-note'), note);
    const [path, detail = ''] = badge.split(' · ');
    setText(this.element.querySelector('.badge-path'), path);
    this.element.querySelector('.badge-gap').hidden = detail === '';
    setText(this.element.querySelector('.badge-detail'), detail);
    this.element.querySelector('.badge').setAttribute('aria-label', `${badge}. Connection to ${name}`);
    this.#explain(stuck);
    this.#card.show(this.member, { badge, stuck });
  }

  /** Marks who is speaking; called several times a second. */
  listen() {
    this.element.dataset.speaking = this.member.devices.microphone && this.member.peer.level() > speakingLevel;
  }

  remove() {
    this.element.remove();
    this.#video.srcObject = null;
  }

  #explain(stuck) {
    const trouble = this.element.querySelector('.tile-trouble');
    trouble.hidden = !stuck;
    if (!stuck || !this.member.attempt) {
      this.#stuck = false;
      return;
    }
    const { attempt, name } = this.member;
    const { likely, remedy } = explainAttempt(attempt, name);
    const title = `No connection to ${name}`;
    setText(trouble.querySelector('.trouble-title'), title);
    setText(trouble.querySelector('.likely'), likely);
    setText(trouble.querySelector('.remedy'), remedy);
    setText(trouble.querySelector('.tried'), nameAttempt(attempt));
    if (!this.#stuck) announce(`${title}. ${likely} ${remedy}`);
    this.#stuck = true;
  }

  async #play() {
    this.#video.srcObject = this.member.stream;
    this.#picture = 'no';
    this.render();
    useSpeaker(this.#video);
    try {
      await this.#video.play();
    } catch (error) {
      if (error.name !== 'NotAllowedError') return; // A newer track replaced this one.
      toast('The browser blocks sound. Click anywhere on the page to hear the call.');
      addEventListener('click', () => this.#video.play().catch(() => {}), { once: true });
    }
  }

  /** Shows the initials until a frame arrives: a track is black before its first frame, and keeps its last one after it was turned off. */
  #awaitPicture() {
    this.#framesBefore = this.member.stats?.frames ?? 0;
    this.#video.requestVideoFrameCallback?.(() => this.#appears());
    this.#picture = 'awaited';
  }

  #appears() {
    if (this.#picture !== 'awaited') return;
    this.#picture = 'yes';
    this.render();
  }

  #measured() {
    const { stats } = this.member;
    const data = this.element.dataset;
    if (stats) {
      data.frames = stats.frames;
      if (stats.path) data.path = stats.path;
      if (stats.rtt !== null) data.rtt = Math.round(stats.rtt);
      // Browsers without requestVideoFrameCallback, and pages in the background.
      if (stats.frames > this.#framesBefore) this.#appears();
    }
    this.#card.measured(stats);
    this.render();
  }

  #toggleFullScreen() {
    if (document.fullscreenElement) document.exitFullscreen();
    else this.element.requestFullscreen().catch(() => toast('This browser can’t show a part of the page full screen.'));
  }
}

/** Sets an element's text, and hides it when empty; an unchanged text is left alone. */
function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
  element.hidden = text === '';
}
