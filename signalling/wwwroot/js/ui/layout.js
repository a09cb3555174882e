/** The position of each tile on the stage, in pixels. Independent of the page's elements. */
import { bestGrid } from './grid.js';

export const corners = ['bottom-right', 'bottom-left', 'top-left', 'top-right'];

/** Stages below this width are a phone's. */
const phone = 760;

/**
 * @typedef {{x: number, y: number, width: number, height: number}} Rectangle
 * @param {{others: number, featured: ?(number | 'self'), corner: string, width: number, height: number, gap?: number}} options
 *   `others`: how many other people; `featured`: whose screen is shared
 * @returns {{mode: 'alone' | 'corner' | 'grid' | 'featured', others: Rectangle[], self: Rectangle}}
 *   Only in a call of two our tile covers the other one, in a corner that the person chooses.
 */
export function layOut({ others, featured = null, corner = corners[0], width, height, gap = 12 }) {
  const whole = { x: 0, y: 0, width, height };
  if (others === 0) return { mode: 'alone', others: [], self: whole };
  if (featured !== null) return feature({ others, featured, width, height, gap });
  if (others === 1) return { mode: 'corner', others: [whole], self: inCorner(corner, width, height) };
  const all = grid(others + 1, whole, gap);
  return { mode: 'grid', others: all.slice(0, -1), self: all.at(-1) };
}

/** The corner nearest to a point of the stage. */
export function nearestCorner(x, y, width, height) {
  return `${y < height / 2 ? 'top' : 'bottom'}-${x < width / 2 ? 'left' : 'right'}`;
}

function feature({ others, featured, width, height, gap }) {
  const beside = width > height * 1.1;
  const strip = beside ? clamp(width * 0.2, 130, 260) : clamp(height * 0.22, 90, 180);
  const large = beside ? { x: 0, y: 0, width: width - strip - gap, height } : { x: 0, y: 0, width, height: height - strip - gap };
  const area = beside ? { x: width - strip, y: 0, width: strip, height } : { x: 0, y: height - strip, width, height: strip };
  const rest = grid(others, area, gap);
  const all = Array.from({ length: others + 1 }, (_, index) => index === (featured === 'self' ? others : featured) ? large : rest.shift());
  return { mode: 'featured', others: all.slice(0, -1), self: all.at(-1) };
}

/** Tiles of one size in the middle of an area; a last row that isn't full is centred. */
function grid(count, area, gap) {
  const { columns, width, height } = bestGrid(count, area.width, area.height, { gap });
  const rows = Math.ceil(count / columns);
  const top = area.y + (area.height - rows * height - (rows - 1) * gap) / 2;
  return Array.from({ length: count }, (_, index) => {
    const row = Math.floor(index / columns);
    const inRow = row < rows - 1 ? columns : count - columns * (rows - 1);
    const left = area.x + (area.width - inRow * width - (inRow - 1) * gap) / 2;
    return { x: Math.round(left + index % columns * (width + gap)), y: Math.round(top + row * (height + gap)), width, height };
  });
}

/** Beside what the other tile has in its corners: badge and full-screen button at the top, the name at the bottom. */
function inCorner(corner, stageWidth, stageHeight) {
  const small = stageWidth < phone;
  const edge = small ? 10 : 16;
  const upright = small && stageHeight > stageWidth;
  const width = Math.round(small ? stageWidth * 0.3 : clamp(stageWidth * 0.19, 112, 250));
  const height = Math.round(upright ? width * 4 / 3 : width * 9 / 16);
  return {
    x: corner.endsWith('left') ? edge : stageWidth - width - edge,
    y: corner.startsWith('top') ? 56 : stageHeight - height - (corner === 'bottom-left' ? 54 : edge),
    width,
    height,
  };
}

function clamp(value, least, most) {
  return Math.round(Math.min(most, Math.max(least, value)));
}
