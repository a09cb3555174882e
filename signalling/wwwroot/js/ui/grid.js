/**
 * The grid that shows `count` tiles as large as the stage allows. Their aspect ratio may be anything from `tallest` to `widest`: the edges
 * of a video matter less than its size.
 * @returns {{columns: number, width: number, height: number}} in pixels
 */
export function bestGrid(count, width, height, { gap = 12, tallest = 5 / 4, widest = 16 / 9 } = {}) {
  let best = { columns: 1, width: 0, height: 0 };
  for (let columns = 1; columns <= count; columns++) {
    const rows = Math.ceil(count / columns);
    const cellWidth = (width - gap * (columns - 1)) / columns;
    const cellHeight = (height - gap * (rows - 1)) / rows;
    const tileWidth = Math.floor(Math.min(cellWidth, cellHeight * widest));
    const tileHeight = Math.floor(Math.min(cellHeight, tileWidth / tallest));
    if (tileWidth * tileHeight > best.width * best.height) best = { columns, width: tileWidth, height: tileHeight };
  }
  return best;
}
