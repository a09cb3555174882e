/** Shows a call: who is there, and what happens to the connection. */
import { cleanName } from '../files/names.js';
import { openChat, showChat, showTransfer } from './chat-panel.js';
import { byId } from './dom.js';
import { keepArranged } from './grid.js';
import { announce, banner, bannerLifts, toast } from './notices.js';
import { showScreen } from './screens.js';
import { Tile } from './tile.js';

const listenInterval = 150;
const tiles = new Map();

export function startCallView() {
  keepArranged(byId('tiles'));
  setInterval(() => {
    for (const tile of tiles.values()) tile.listen();
  }, listenInterval);
}

/** Hooks a call to the page; the screen changes once the room was entered. */
export function showCall(call, room) {
  let entered = false;
  showChat(call.chat);
  call.on('entered', () => {
    if (!entered) {
      showScreen('call');
      announce(`You are in the room ${room}`);
    }
    entered = true;
    renderCount();
  });
  call.on('member', member => {
    const tile = new Tile(member);
    tiles.set(member, tile);
    byId('tiles').append(tile.element);
    member.on('file', transfer => {
      openChat();
      showTransfer(transfer, member.name);
    });
    announce(`${member.name} is here`);
    renderCount();
  });
  call.on('gone', ({ member, again }) => {
    tiles.get(member)?.remove();
    tiles.delete(member);
    if (!again) announce(`${member.name} left`);
    renderCount();
  });
  call.on('signalling', ({ state }) => {
    if (!entered) return;
    if (state === 'waiting') banner('The signalling server is out of reach. The call goes on; reconnecting…');
    if (state === 'open') bannerLifts('Connected again');
  });
  call.on('notice', ({ message }) => toast(message));
}

export function clearCall() {
  for (const tile of tiles.values()) tile.remove();
  tiles.clear();
  banner('');
  renderCount();
}

/** Offers each file to everybody; says what could not be offered. */
export function sendFiles(call, files) {
  if (call.members.size === 0) return toast('Nobody is here to send it to.');
  openChat();
  for (const file of files) {
    for (const member of call.members.values()) {
      const transfer = member.files.send(file);
      if (transfer) showTransfer(transfer, member.name);
      else toast(`${cleanName(file.name)} cannot be offered to ${member.name} now: the connection does not stand yet, or too many files are under way. Try again in a moment.`);
    }
  }
}

function renderCount() {
  byId('stage').dataset.count = tiles.size;
  byId('alone').hidden = tiles.size > 0;
}
