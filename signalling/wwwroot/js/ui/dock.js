/** The call's controls and our own video. */
import { startDevices } from './devices.js';
import { byId, setIcon, setPressed } from './dom.js';
import { setFace } from './faces.js';
import { announce, toast } from './notices.js';
import { setSharing } from './stage.js';

/** Runs for the whole lifetime of the page; `onLeave` ends the current call. */
export function startDock(media, onLeave) {
  byId('toggle-microphone').addEventListener('click', async () => {
    await media.toggleMicrophone();
    tellTrouble(media, 'microphone');
    announce(media.wishes.microphone ? 'Microphone on' : 'Microphone off');
  });
  byId('toggle-camera').addEventListener('click', async () => {
    await media.toggleCamera();
    tellTrouble(media, 'camera');
    announce(media.wishes.camera ? 'Camera on' : 'Camera off');
  });
  byId('toggle-screen').addEventListener('click', async () => {
    await media.toggleScreen();
    tellTrouble(media, 'screen');
    announce(media.devices.screen ? 'You are sharing your screen' : 'Screen sharing is off');
  });
  byId('open-settings').addEventListener('click', () => byId('settings').showModal());
  byId('leave').addEventListener('click', onLeave);
  startDevices(byId('settings-devices'), media);

  byId('toggle-screen').hidden = !navigator.mediaDevices?.getDisplayMedia;
  media.on('lost', ({ what }) => toast(what === 'screen' ? 'Screen sharing stopped.' : `The ${what} stopped. Was it unplugged?`));
  media.on('changed', () => render(media));
  render(media);
}

/** Shows our name on our tile. */
export function setSelf(name) {
  setFace(byId('self'), name);
}

function render(media) {
  const { microphone, camera, screen } = media.wishes;
  show('toggle-microphone', microphone, microphone ? 'microphone' : 'microphone-off', microphone ? 'Mute (M)' : 'Unmute (M)');
  show('toggle-camera', camera, camera ? 'camera' : 'camera-off', camera ? 'Turn camera off (V)' : 'Turn camera on (V)');
  show('toggle-screen', screen, screen ? 'screen-stop' : 'screen', screen ? 'Stop sharing (S)' : 'Share screen (S)');

  const self = byId('self');
  const video = byId('self-video');
  const track = media.tracks.video;
  self.dataset.microphone = media.devices.microphone;
  self.dataset.screen = screen;
  self.querySelector('.tile-doing').textContent = screen ? 'sharing your screen' : '';
  setSharing('self', screen);
  self.dataset.video = track !== null;
  if ((video.srcObject?.getVideoTracks()[0] ?? null) !== track) video.srcObject = track ? new MediaStream([track]) : null;
}

function show(id, on, iconName, title) {
  const element = byId(id);
  setIcon(element, iconName);
  setPressed(element, on, title);
}

function tellTrouble(media, what) {
  if (media.trouble[what]) toast(media.trouble[what]);
}
