/** The start page: suggests a new room, opens it, copies its link. */
import { proposeRoom } from '../room-name.js';
import { isRoom, roomPath, roomRule, toRoom } from '../route.js';
import { copies } from './copy.js';
import { byId } from './dom.js';
import { showScreen } from './screens.js';

export function showStart(suggestion) {
  const field = byId('start-room');
  const trouble = byId('start-trouble');
  const named = () => isRoom(field.value.trim()) ? field.value.trim() : toRoom(field.value);
  field.value = suggestion || proposeRoom();

  byId('start-shuffle').addEventListener('click', () => {
    field.value = proposeRoom();
    trouble.textContent = '';
  });
  field.addEventListener('input', () => {
    trouble.textContent = '';
    field.removeAttribute('aria-invalid');
  });
  copies(byId('start-copy'), () => new URL(roomPath(named() || (field.value = proposeRoom()), location.search), location.href).href);
  byId('start-form').addEventListener('submit', event => {
    event.preventDefault();
    const given = field.value.trim();
    if (isRoom(given)) return location.assign(roomPath(given, location.search));
    const near = toRoom(given);
    trouble.textContent = near ? `“${given}” isn’t a valid room name. ${roomRule} Did you mean “${near}”?` : roomRule;
    field.setAttribute('aria-invalid', 'true');
    if (near) field.value = near;
    field.focus();
  });
  showScreen('start');
}
