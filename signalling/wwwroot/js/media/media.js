/**
 * Our camera, microphone and screen. A muted microphone stays open, so that unmuting is instant; a camera that is off is closed, so that
 * its light goes out. A shared screen replaces the camera.
 *
 * Events: `changed` (any state), `track` {kind, track} (another track is sent), `lost` {what} (a device stopped by itself), `devices`.
 */
import { Emitter } from '../emitter.js';
import { remember, remembered } from '../preferences.js';
import { explainTrouble, insecureContext } from './trouble.js';

const constraints = {
  microphone: () => ({ audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true, ...chosen('microphone') } }),
  camera: () => ({ video: { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 }, ...chosen('camera') } }),
};
const kindOf = { microphone: 'audio', camera: 'video' };

export class Media extends Emitter {
  #tracks = { microphone: null, camera: null, screen: null };
  #muted = remembered('microphone') === 'off';
  #cameraOff = remembered('camera') === 'off';
  #stops = 0;
  #asking = noneAsked();
  /** Why a device isn't available; empty when it is. */
  trouble = { microphone: '', camera: '', screen: '' };

  constructor() {
    super();
    navigator.mediaDevices?.addEventListener('devicechange', () => this.emit('devices'));
  }

  /** The state that the others see. */
  get devices() {
    return {
      microphone: this.#tracks.microphone !== null && !this.#muted,
      camera: this.#tracks.camera !== null,
      screen: this.#tracks.screen !== null,
    };
  }

  /** What the person wants: devices that are on, and those that the browser still asks for or opens. */
  get wishes() {
    return {
      microphone: (this.#tracks.microphone !== null || this.#asking.microphone > 0) && !this.#muted,
      camera: this.#tracks.camera !== null || (this.#asking.camera > 0 && !this.#cameraOff),
      screen: this.#tracks.screen !== null,
    };
  }

  /** The tracks that are sent. */
  get tracks() {
    return { audio: this.#tracks.microphone, video: this.#tracks.screen ?? this.#tracks.camera };
  }

  get microphoneTrack() {
    return this.#tracks.microphone;
  }

  /** Opens the devices that the person wants to use; a failure is explained in `trouble`, never thrown. */
  async start() {
    const missing = [!this.#tracks.microphone && 'microphone', !this.#tracks.camera && !this.#cameraOff && 'camera'].filter(Boolean);
    await Promise.all(missing.map(what => this.#open(what)));
  }

  async toggleMicrophone() {
    // A microphone that is still being opened can be muted already: the person must not be heard a moment later.
    if (!this.#tracks.microphone && this.#asking.microphone === 0) {
      this.#mute(false);
      return this.#open('microphone');
    }
    this.#mute(!this.#muted);
    this.emit('changed');
  }

  async toggleCamera() {
    this.#cameraOff = this.wishes.camera;
    remember('camera', this.#cameraOff ? 'off' : '');
    if (this.#cameraOff) this.#close('camera');
    else await this.#open('camera');
  }

  async toggleScreen() {
    if (this.#tracks.screen) return this.#close('screen');
    try {
      if (!navigator.mediaDevices) throw insecureContext();
      const video = { frameRate: { ideal: 15, max: 30 } };
      const track = await this.#ask('screen', () => navigator.mediaDevices.getDisplayMedia({ video }));
      if (!track) return;
      track.contentHint = 'detail'; // Text must stay sharp; frames may be late.
      this.trouble.screen = '';
      this.#use('screen', track);
    } catch (error) {
      this.trouble.screen = explainTrouble('screen', error);
      this.emit('changed');
    }
  }

  /** Uses another camera or microphone from now on. */
  async choose(what, deviceId) {
    remember(`${what}.device`, deviceId);
    if (this.#tracks[what] || this.trouble[what]) await this.#open(what);
  }

  /** @returns {Promise<MediaDeviceInfo[]>} */
  async list() {
    return await navigator.mediaDevices?.enumerateDevices() ?? [];
  }

  stop() {
    this.#stops++;
    this.#asking = noneAsked();
    for (const what of Object.keys(this.#tracks)) this.#close(what);
  }

  async #open(what) {
    try {
      if (!navigator.mediaDevices) throw insecureContext();
      const track = await this.#ask(what, () => navigator.mediaDevices.getUserMedia(constraints[what]()));
      if (!track) return;
      if (what === 'microphone') track.enabled = !this.#muted;
      this.trouble[what] = '';
      this.#use(what, track);
    } catch (error) {
      this.trouble[what] = explainTrouble(what, error);
      this.#close(what);
    }
  }

  /** The track that the browser gives; null when it isn't wanted any more, for example after a stop. Nothing stays open then. */
  async #ask(what, open) {
    const stops = this.#stops;
    this.#asking[what]++;
    this.emit('changed');
    let track;
    try {
      [track] = (await open()).getTracks();
    } finally {
      if (stops === this.#stops) this.#asking[what]--;
    }
    if (stops === this.#stops && !(what === 'camera' && this.#cameraOff)) return track;
    track.stop();
    return null;
  }

  #mute(muted) {
    this.#muted = muted;
    remember('microphone', muted ? 'off' : '');
    if (this.#tracks.microphone) this.#tracks.microphone.enabled = !muted;
  }

  #use(what, track) {
    const old = this.#tracks[what];
    this.#tracks[what] = track;
    track.onended = () => {
      if (this.#tracks[what] !== track) return;
      this.#close(what);
      this.emit('lost', { what });
    };
    this.#tell(what);
    old?.stop();
  }

  #close(what) {
    const old = this.#tracks[what];
    this.#tracks[what] = null;
    this.#tell(what);
    old?.stop();
  }

  #tell(what) {
    const kind = kindOf[what] ?? 'video';
    this.emit('track', { kind, track: this.tracks[kind] });
    this.emit('changed');
  }
}

function noneAsked() {
  return { microphone: 0, camera: 0, screen: 0 };
}

function chosen(what) {
  const deviceId = remembered(`${what}.device`);
  return deviceId ? { deviceId: { ideal: deviceId } } : {};
}
