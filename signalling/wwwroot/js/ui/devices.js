/** The choice of microphone, camera and speaker, in the lobby and in the call. */
import { remember, remembered } from '../preferences.js';
import { clone } from './dom.js';

const whatOf = { audioinput: 'microphone', videoinput: 'camera', audiooutput: 'speaker' };

/** Plays an element through the chosen speaker; browsers without setSinkId offer no choice. */
export async function useSpeaker(element) {
  const speaker = remembered('speaker.device');
  if (speaker && element.setSinkId) await element.setSinkId(speaker).catch(() => {}); // Unplugged: the system's speaker is used.
}

export function startDevices(container, media) {
  const form = clone('devices-template');
  container.replaceChildren(form);
  for (const select of form.querySelectorAll('select')) {
    select.addEventListener('change', () => {
      const what = whatOf[select.dataset.kind];
      if (what !== 'speaker') return media.choose(what, select.value);
      remember('speaker.device', select.value);
      for (const video of document.querySelectorAll('#tiles video')) useSpeaker(video);
    });
  }

  async function refresh() {
    const devices = await media.list();
    for (const select of form.querySelectorAll('select')) fill(select, devices.filter(device => device.kind === select.dataset.kind));
  }

  media.on('devices', refresh);
  media.on('changed', refresh); // Browsers reveal device names only after one was allowed.
  refresh();
}

function fill(select, devices) {
  const kind = select.dataset.kind;
  const label = select.closest('label');
  label.hidden = kind === 'audiooutput' && (devices.length === 0 || !HTMLMediaElement.prototype.setSinkId);
  select.disabled = devices.length === 0;
  if (devices.length === 0) return select.replaceChildren(new Option(`No ${whatOf[kind]} found`, ''));
  const chosen = remembered(`${whatOf[kind]}.device`);
  const options = devices.map(({ label, deviceId }, index) =>
    new Option(label || `${whatOf[kind]} ${index + 1}`, deviceId, false, deviceId === chosen));
  const isShown = ({ value, text }, index) => value === select.options[index].value && text === select.options[index].text;
  const same = options.length === select.options.length && options.every(isShown);
  if (!same) select.replaceChildren(...options);
}
