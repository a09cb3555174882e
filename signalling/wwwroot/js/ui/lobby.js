/** Before joining: the preview, the name and the devices. */
import { Meter } from '../media/meter.js';
import { typedName } from '../person-name.js';
import { remember, remembered } from '../preferences.js';
import { startDevices } from './devices.js';
import { byId, setIcon, setPressed } from './dom.js';
import { showScreen } from './screens.js';

const levelInterval = 90;
let levels = 0;
let meter = null;
let started = false;

/** @param {{room: string, media: Media, trouble?: string, onJoin: (name: string) => void}} options */
export async function showLobby({ room, media, trouble = '', onJoin }) {
  byId('lobby-room').textContent = room;
  byId('join-trouble').textContent = trouble;
  byId('name').value = remembered('name');
  byId('lobby-form').onsubmit = event => {
    event.preventDefault();
    const name = typedName(byId('name').value);
    remember('name', name);
    onJoin(name);
  };
  document.title = `${room} · Causeway`;
  showScreen('lobby');
  byId('name').focus();
  if (!started) startPreview(media);
  started = true;
  startLevel(media);
  setJoining(false);
  render(media);
  await media.start();
}

/** Shows that the page is joining, and why it takes long. */
export function setJoining(joining, text = '') {
  byId('join').disabled = joining;
  byId('join').textContent = joining ? 'Joining…' : 'Join the call';
  if (text) byId('join-trouble').textContent = text;
}

export function hideLobby() {
  clearInterval(levels);
  meter?.use(null);
  byId('preview').srcObject = null;
}

function startPreview(media) {
  byId('lobby-microphone').addEventListener('click', () => media.toggleMicrophone());
  byId('lobby-camera').addEventListener('click', () => media.toggleCamera());
  startDevices(byId('lobby-devices'), media);
  media.on('changed', () => document.body.dataset.screen === 'lobby' && render(media));
}

function render(media) {
  const { microphone, camera } = media.wishes;
  const track = media.tracks.video;
  const preview = byId('preview');
  if ((preview.srcObject?.getVideoTracks()[0] ?? null) !== track) preview.srcObject = track ? new MediaStream([track]) : null;
  byId('preview-frame').dataset.camera = track ? 'on' : 'off';
  byId('preview-note').textContent = media.trouble.camera ? 'No video' : camera ? 'Starting the camera…' : 'Camera is off';
  setIcon(byId('lobby-microphone'), microphone ? 'microphone' : 'microphone-off');
  setIcon(byId('lobby-camera'), camera ? 'camera' : 'camera-off');
  setPressed(byId('lobby-microphone'), microphone, microphone ? 'Mute' : 'Unmute');
  setPressed(byId('lobby-camera'), camera, camera ? 'Turn camera off' : 'Turn camera on');
  meter?.use(media.microphoneTrack);
  const troubles = [media.trouble.camera, media.trouble.microphone].filter(Boolean);
  byId('device-trouble').replaceChildren(...troubles.map(text => Object.assign(document.createElement('p'), { textContent: text })));
}

function startLevel(media) {
  meter ??= new Meter();
  meter.use(media.microphoneTrack);
  const bars = [...byId('level').children];
  const shape = [0.5, 0.8, 1, 0.8, 0.5];
  clearInterval(levels);
  levels = setInterval(() => {
    const level = media.devices.microphone ? meter.level() : 0;
    bars.forEach((bar, index) => bar.style.setProperty('--height', Math.max(0.15, level * shape[index]).toFixed(2)));
  }, levelInterval);
}
