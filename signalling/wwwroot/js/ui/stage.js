/**
 * The stage of a call: lays out the tiles, a shared screen large, moves our tile to another corner, and tells each member the size at which
 * its video is shown here.
 */
import { remember, remembered } from '../preferences.js';
import { byId } from './dom.js';
import { corners, layOut, nearestCorner } from './layout.js';
import { announce } from './notices.js';

/** Resizing a window takes many steps; members hear only of the last one. */
const reportAfter = 300;
/** Sizes are rounded to steps, so that a few pixels change nothing. */
const step = 16;
/** A press that moves less isn't a drag. */
const dragFrom = 6;

/** Tiles by member; a member's id may change while it lasts. */
const tiles = new Map();
/** Who shares a screen: members, or 'self'. The last one is shown large. */
let sharers = [];
let reporting = 0;

/** Runs for the whole lifetime of the page. */
export function startStage() {
  new ResizeObserver(arrange).observe(byId('stage'));
  addEventListener('fullscreenchange', reportSoon);
  byId('move-self').addEventListener('click', () => moveTo(corners[(corners.indexOf(corner()) + 1) % corners.length]));
  startDragging(byId('self'));
  arrange();
}

export function addTile(tile) {
  tiles.set(tile.member, tile);
  byId('tiles').append(tile.element);
  arrange();
}

export function removeTile(member) {
  tiles.get(member)?.remove();
  tiles.delete(member);
  setSharing(member, false);
  arrange();
}

export function allTiles() {
  return tiles.values();
}

/** @param {Member | 'self'} who @returns {boolean} whether this changes anything */
export function setSharing(who, shares) {
  if (sharers.includes(who) === shares) return false;
  sharers = shares ? [...sharers, who] : sharers.filter(other => other !== who);
  arrange();
  return true;
}

function arrange() {
  const stage = byId('stage');
  const { clientWidth: width, clientHeight: height } = stage;
  stage.dataset.count = tiles.size;
  if (width === 0 || height === 0) return; // Not visible.
  const members = [...tiles.keys()];
  const featured = sharers.at(-1) ?? null;
  const { mode, others, self } = layOut({
    others: members.length,
    featured: featured === null || featured === 'self' ? featured : members.indexOf(featured),
    corner: corner(),
    width,
    height,
    gap: width < 760 ? 8 : 12,
  });
  stage.dataset.mode = mode;
  members.forEach((member, index) => {
    const { element } = tiles.get(member);
    place(element, others[index]);
    element.dataset.featured = member === featured;
  });
  place(byId('self'), self);
  byId('self').dataset.featured = featured === 'self' && members.length > 0;
  reportSoon();
}

function place({ style }, { x, y, width, height }) {
  Object.assign(style, { left: `${x}px`, top: `${y}px`, width: `${width}px`, height: `${height}px` });
}

function reportSoon() {
  clearTimeout(reporting);
  reporting = setTimeout(() => {
    for (const { element, member } of tiles.values()) member.tellSize(pixels(element.clientWidth), pixels(element.clientHeight));
  }, reportAfter);
}

function pixels(length) {
  return Math.min(8192, Math.ceil(length * devicePixelRatio / step) * step);
}

function corner() {
  const chosen = remembered('self.corner');
  return corners.includes(chosen) ? chosen : corners[0];
}

function moveTo(chosen) {
  remember('self.corner', chosen === corners[0] ? '' : chosen);
  arrange();
  announce(`Your video is now at the ${chosen.replace('-', ' ')}`);
}

function startDragging(self) {
  let from = null;
  self.addEventListener('pointerdown', event => {
    if (byId('stage').dataset.mode !== 'corner' || event.button !== 0 || event.target.closest('button')) return;
    from = { x: event.clientX, y: event.clientY, left: self.offsetLeft, top: self.offsetTop };
    self.setPointerCapture(event.pointerId);
  });
  self.addEventListener('pointermove', event => {
    if (!from) return;
    const [x, y] = [event.clientX - from.x, event.clientY - from.y];
    if (!self.dataset.dragged && Math.hypot(x, y) < dragFrom) return;
    self.dataset.dragged = true;
    Object.assign(self.style, { left: `${from.left + x}px`, top: `${from.top + y}px` });
  });
  const drop = ({ type }) => {
    const dragged = self.dataset.dragged;
    from = null;
    delete self.dataset.dragged;
    if (!dragged) return;
    if (type !== 'pointerup') return arrange();
    const [x, y] = [self.offsetLeft + self.offsetWidth / 2, self.offsetTop + self.offsetHeight / 2];
    const { clientWidth: width, clientHeight: height } = byId('stage');
    moveTo(nearestCorner(x, y, width, height));
  };
  self.addEventListener('pointerup', drop);
  self.addEventListener('pointercancel', drop);
}
