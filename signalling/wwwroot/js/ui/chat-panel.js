/** The chat beside the call: messages, files, and how many were not seen yet. */
import { byId, clone } from './dom.js';
import { announce, toast } from './notices.js';
import { transferCard } from './transfer-card.js';

/** Entries kept in the log; older ones go. */
const maxEntries = 500;
const shownUnread = 99;

let unread = 0;

/** Runs for the whole life of the page. @param {{say(text: string): void, sendFiles(files: File[]): void}} call */
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

/** Hooks a new call's chat to the panel. */
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
    if (message.own && message.of === 0) setState(element, 'Nobody is here to read it');
    add(element, !message.own && `${message.name} wrote: ${message.text}`);
  });
  chat.on('delivered', ({ id, to, of }) => {
    const element = byId('chat-log').querySelector(`.message[data-own=true][data-message="${CSS.escape(id)}"]`);
    if (element) setState(element, to >= of ? 'Delivered' : `Delivered to ${to} of ${of}`);
  });
}

/** Shows a file that is offered or sent. */
export function showTransfer(transfer, name) {
  add(transferCard(transfer, name), transfer.incoming && `${name} sends the file ${transfer.name}`);
}

export function openChat() {
  if (!isOpen()) open();
}

function add(element, announcement) {
  const log = byId('chat-log');
  log.append(element);
  while (log.childElementCount > maxEntries) log.children[1].remove(); // The first is the hint of the empty log.
  log.scrollTop = log.scrollHeight;
  if (!announcement || isOpen()) return;
  unread++;
  renderUnread();
  announce(announcement);
}

function setState(message, text) {
  const state = message.querySelector('.message-state');
  state.hidden = false;
  state.textContent = text;
}

function isOpen() {
  return !byId('chat').hidden;
}

function open() {
  unread = 0;
  byId('chat').hidden = false;
  byId('toggle-chat').setAttribute('aria-expanded', 'true');
  renderUnread();
  byId('chat-log').scrollTop = byId('chat-log').scrollHeight;
  byId('chat-text').focus();
}

function close() {
  byId('chat').hidden = true;
  byId('toggle-chat').setAttribute('aria-expanded', 'false');
}

function renderUnread() {
  const badge = byId('unread');
  badge.hidden = unread === 0;
  badge.textContent = unread > shownUnread ? `${shownUnread}+` : String(unread);
  byId('toggle-chat').setAttribute('aria-label', unread === 0 ? 'Chat' : `Chat, ${unread} not read`);
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
    if (event.dataTransfer.files.length === 0) return toast('Only files can be sent.');
    call.sendFiles([...event.dataTransfer.files]);
  });
}
