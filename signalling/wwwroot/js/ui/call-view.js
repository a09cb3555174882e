/** Shows a call: its members and the state of the connection. */
import { describeCall } from '../call/condition.js';
import { list } from '../call/delivery.js';
import { cleanName } from '../files/names.js';
import { showChat, showChatPanel, showTransfer } from './chat-panel.js';
import { byId } from './dom.js';
import { announce, banner, bannerLifts, clearNotices, notice, toast } from './notices.js';
import { showScreen } from './screens.js';
import { addTile, allTiles, removeTile, setSharing, startStage } from './stage.js';
import { Tile } from './tile.js';

const listenInterval = 150;
const goodbyes = { left: 'left', lost: 'lost connection', removed: 'was removed' };

export function startCallView() {
  startStage();
  setInterval(() => {
    for (const tile of allTiles()) tile.listen();
  }, listenInterval);
}

/** Connects a call to the page; the screen changes when the room is entered. */
export function showCall(call, room) {
  let entered = false;
  let met = false;
  let arriving = null;
  const returning = [];
  showChat(call.chat);
  renderCount(met);
  call.on('entered', () => {
    if (!entered) {
      showScreen('call');
      announce(`You joined the room ${room}`);
      // One notice for all who are here already.
      arriving = [];
      queueMicrotask(() => {
        if (arriving.length > 0) notice(arriving.length === 1 ? `${arriving[0]} is here` : `${list(arriving)} are here`);
        arriving = null;
      });
    }
    entered = true;
    renderCount(met);
  });
  call.on('member', member => {
    met = true;
    addTile(new Tile(member, () => call.retry(member)));
    member.on('file', transfer => showTransfer(transfer, member.name));
    member.on('changed', () => {
      if (!setSharing(member, member.devices.screen)) return;
      if (member.devices.screen) notice(`${member.name} is sharing the screen`);
      else announce(`${member.name} stopped sharing the screen`);
    });
    if (returning.includes(member.name)) returning.splice(returning.indexOf(member.name), 1);
    else if (arriving) arriving.push(member.name);
    else notice(`${member.name} joined`);
    renderCount(met);
  });
  call.on('gone', ({ member, reason, again }) => {
    removeTile(member);
    if (again) returning.push(member.name);
    else notice(`${member.name} ${goodbyes[reason] ?? 'left'}${call.members.size === 0 ? '. Everyone has left' : ''}`);
    renderCount(met);
  });
  call.on('signalling', ({ state }) => {
    if (entered && state === 'open') bannerLifts('Reconnected');
  });
  call.on('condition', () => {
    if (!entered) return;
    const members = [...call.members.values()];
    const reachable = call.lostAt === null;
    if (!reachable) {
      banner(describeCall({
        reachable, online: navigator.onLine, members: members.length,
        flowing: members.filter(member => member.heardSince(call.lostAt)).length,
        silent: members.filter(member => !member.isFlowing).length,
      }));
    }
    for (const tile of allTiles()) tile.update(reachable);
  });
  call.on('notice', ({ message }) => toast(message));
}

export function clearCall() {
  for (const tile of [...allTiles()]) removeTile(tile.member);
  clearNotices();
  banner('');
  renderCount(false);
}

/** Offers each file to everyone; reports what could not be offered. */
export function sendFiles(call, files) {
  if (call.members.size === 0) return toast('File not sent: no one else is here.');
  showChatPanel();
  for (const file of files) {
    for (const member of call.members.values()) {
      const transfer = member.files.send(file);
      if (transfer) showTransfer(transfer, member.name);
      else toast(`Can’t offer ${cleanName(file.name)} to ${member.name}: not connected yet, or too many files at once.`);
    }
  }
}

/** @param {boolean} met whether someone was here before */
function renderCount(met) {
  const alone = byId('stage').dataset.count === '0';
  byId('alone').hidden = !alone;
  byId('alone-title').textContent = met ? 'Everyone has left' : 'No one else is here yet';
}
