/** The chat beside the call: messages, files, and the number of unread ones. */
import { describeDelivery } from '../call/delivery.js';
import { formatSize } from '../files/names.js';
import { byId, clone } from './dom.js';
import { clearNotices, notice, toast } from './notices.js';
import { transferCard } from './transfer-card.js';

/** Entries kept in the log; older ones are removed. */
const maxEntries = 500;
const shownUnread = 99;
/** Characters of a message shown in a notice. */
const excerpt = 120;

let unread = 0;

/** Runs for the whole lifetime of the page. @param {{say(text: string): void, sendFiles(files: File[]): void}} call */
export function startChatPanel(call) {
  const text = byId('chat-text');
  byId('toggle-chat').addEventListener('click', () => isOpen() ? close() : open());
  byId('close-chat').addEventListener('click', () => {
    close();
    byId('toggle-chat').focus();
  });
  byId('chat').addEventListener('keydown', event => {
    if (event.key !== 'Escape') return;
    close();
    byId('toggle-chat').focus();
  });
  text.addEventListener('keydown', event => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    byId('chat-form').requestSubmit();
  });
  byId('chat-form').addEventListener('submit', event => {
    event.preventDefault();
    if (text.value.trim() === '') return;
    call.say(text.value.trim());
    text.value = '';
    text.focus();
  });
  byId('attach').addEventListener('click', () => byId('file-input').click());
  byId('file-input').addEventListener('change', ({ target }) => {
    call.sendFiles([...target.files]);
    target.value = '';
  });
  startDrop(call);
}

/** Connects a new call's chat to the panel. */
export function showChat(chat) {
  unread = 0;
  byId('chat-log').replaceChildren(byId('chat-empty'));
  chat.on('message', message => {
    const element = clone('message-template');
    element.dataset.message = message.id;
    element.dataset.own = message.own;
    element.querySelector('strong').textContent = message.own ? 'You' : message.name;
    element.querySelector('time').textContent = message.at.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
    element.querySelector('time').dateTime = message.at.toISOString();
    element.querySelector('.message-text').textContent = message.text;
    add(element);
    // Isolated, so that text in another writing direction doesn't reorder its surroundings.
    if (!message.own) tell(`${message.name}: \u2068${shortened(message.text)}\u2069`, 'Open');
  });
  chat.on('delivery', delivery => {
    const element = byId('chat-log').querySelector(`.message[data-own=true][data-message="${CSS.escape(delivery.id)}"]`);
    if (element) setState(element, describeDelivery(delivery));
  });
}

/** Shows an offered or a sent file. */
export function showTransfer(transfer, name) {
  const card = transferCard(transfer, name);
  add(card);
  const offer = `${name} offers a file: ${transfer.name} (${formatSize(transfer.size)})`;
  if (!transfer.incoming) return;
  // The sender waits: the notice stays until the offer is answered or withdrawn.
  const answered = tell(offer, 'Show', { stays: true, target: () => card.querySelector('button') });
  transfer.on('changed', () => transfer.state !== 'offered' && answered?.());
}

/** Shows the chat without moving the focus. */
export function showChatPanel() {
  if (!isOpen()) show();
}

/** Announces something new while the chat is closed, without interrupting anything else. */
function tell(text, action, { stays = false, target = () => null } = {}) {
  if (isOpen()) return;
  unread++;
  renderUnread();
  return notice(text, {
    action,
    stays,
    onAction() {
      show();
      (target() ?? byId('chat-text')).focus();
    },
  });
}

function shortened(text) {
  const letters = [...text.slice(0, 2 * excerpt)];
  return letters.length > excerpt || text.length > 2 * excerpt ? `${letters.slice(0, excerpt).join('')}…` : text;
}

function add(element) {
  const log = byId('chat-log');
  log.append(element);
  while (log.childElementCount > maxEntries) log.children[1].remove(); // The first is the empty log's hint.
  log.scrollTop = log.scrollHeight;
}

function setState(message, { state, words }) {
  const element = message.querySelector('.message-state');
  message.dataset.state = state;
  element.hidden = words === '';
  if (element.textContent !== words) element.textContent = words;
  byId('chat-log').scrollTop = byId('chat-log').scrollHeight;
}

function isOpen() {
  return !byId('chat').hidden;
}

function open() {
  show();
  byId('chat-text').focus();
}

function show() {
  unread = 0;
  clearNotices();
  byId('chat').hidden = false;
  byId('toggle-chat').setAttribute('aria-expanded', 'true');
  renderUnread();
  byId('chat-log').scrollTop = byId('chat-log').scrollHeight;
}

function close() {
  byId('chat').hidden = true;
  byId('toggle-chat').setAttribute('aria-expanded', 'false');
}

function renderUnread() {
  const badge = byId('unread');
  badge.hidden = unread === 0;
  badge.textContent = unread > shownUnread ? `${shownUnread}+` : String(unread);
  byId('toggle-chat').setAttribute('aria-label', unread === 0 ? 'Chat' : `Chat, ${unread} unread`);
}

function startDrop(call) {
  const drop = byId('drop');
  const inCall = () => document.body.dataset.screen === 'call';
  const isFile = event => inCall() && [...event.dataTransfer?.types ?? []].includes('Files');
  addEventListener('dragenter', event => isFile(event) && (drop.hidden = false));
  addEventListener('dragleave', event => event.relatedTarget === null && (drop.hidden = true));
  addEventListener('dragover', event => isFile(event) && event.preventDefault());
  addEventListener('drop', event => {
    drop.hidden = true;
    if (!isFile(event)) return;
    event.preventDefault();
    if (event.dataTransfer.files.length === 0) return toast('You can only drop files here.');
    call.sendFiles([...event.dataTransfer.files]);
  });
}
