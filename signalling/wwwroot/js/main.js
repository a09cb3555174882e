/** The page: the start page, or a room with its lobby, its call and the screen after the call. */
import { Call } from './call/call.js';
import { describeJoining } from './call/condition.js';
import { Media } from './media/media.js';
import { readPolicy, readRoute, roomPath, roomRule } from './route.js';
import { clearCall, sendFiles, showCall, startCallView } from './ui/call-view.js';
import { startChatPanel } from './ui/chat-panel.js';
import { copies } from './ui/copy.js';
import { setSelf, startDock } from './ui/dock.js';
import { byId } from './ui/dom.js';
import { hideLobby, setJoining, showLobby } from './ui/lobby.js';
import { showOver } from './ui/screens.js';
import { startShortcuts } from './ui/shortcuts.js';
import { showStart } from './ui/start.js';
import { startTheme } from './ui/theme.js';

startTheme();
startShortcuts();

const route = readRoute(location);
const policy = readPolicy(location);
// Links on this page keep the option that it was opened with.
const search = policy === 'relay' ? '?relay' : '';
byId('relay-note').hidden = policy !== 'relay';
byId('invite-relay').hidden = policy !== 'relay';
for (const id of ['home', 'over-new']) byId(id).href = `/${search}`;

if (route.page === 'start') showStart();
else if (route.page === 'bad') showBadRoom(route);
else startRoom(route.room);

function showBadRoom({ given, suggestion }) {
  showOver({
    title: 'Invalid room name',
    text: `“${given.slice(0, 100)}” isn’t a valid room name. ${roomRule}`,
    action: suggestion && `Use “${suggestion}”`,
    onAction: () => location.assign(roomPath(suggestion, search)),
  });
}

function startRoom(room) {
  const media = new Media();
  const link = () => new URL(roomPath(room, search), location.href).href;
  let call = null;

  byId('room-chip').hidden = false;
  byId('room-title').textContent = room;
  byId('invite-link').value = link();
  copies(byId('copy-link'), link);
  copies(byId('invite-copy'), link);
  startCallView();
  startDock(media, leave);
  startChatPanel({
    say: text => call?.chat.say(text),
    sendFiles: files => call && sendFiles(call, files),
  });
  // Others see at once that this page leaves, not only after the resume window.
  addEventListener('pagehide', () => call?.leave());
  // The browser's back button may show a cached page whose call has ended.
  addEventListener('pageshow', ({ persisted }) => persisted && location.reload());
  lobby();

  function lobby(trouble = '') {
    showLobby({ room, media, trouble, onJoin: join });
  }

  function join(name) {
    setJoining(true);
    const url = new URL('/ws', location.href);
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    const joining = call = new Call({ url: url.href, room, name, media, policy });
    joining.on('entered', ({ name: ours }) => {
      setSelf(ours);
      hideLobby();
    });
    joining.on('signalling', ({ state, words }) => {
      if (state === 'waiting' && joining.id === null) setJoining(true, describeJoining({ online: navigator.onLine, words }));
    });
    joining.on('ended', ({ words }) => ended(joining, words));
    showCall(joining, room);
    joining.open();
  }

  function ended(finished, words) {
    const entered = finished.id !== null;
    call = null;
    clearCall();
    if (!entered) return lobby(words);
    media.stop();
    showOver({ title: 'Call ended', text: words, action: 'Join again', onAction: () => lobby() });
  }

  function leave() {
    call?.leave();
    call = null;
    clearCall();
    media.stop();
    const text = `The room “${room}” stays open for the others.`;
    showOver({ title: 'You left the call', text, action: 'Join again', onAction: () => lobby() });
  }
}
