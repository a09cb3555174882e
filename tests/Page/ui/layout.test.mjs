import test from 'node:test';
import { equal, ok } from 'node:assert/strict';
import { corners, layOut, nearestCorner } from '../../../signalling/wwwroot/js/ui/layout.js';

const area = ({ width, height }) => width * height;
const before = (one, other) => one.x + one.width <= other.x || one.y + one.height <= other.y;
const apart = (one, other) => before(one, other) || before(other, one);
const inside = ({ x, y, width: w, height: h }, width, height) => x >= 0 && y >= 0 && x + w <= width && y + h <= height && w > 30 && h > 30;

test('A shared screen is large and no picture covers another', () => {
  for (const [width, height] of [[1252, 640], [374, 690], [800, 300], [1900, 1000]]) {
    for (let others = 1; others <= 7; others++) {
      for (const featured of [null, 'self', 0, others - 1]) {
        const { others: tiles, self } = layOut({ others, featured, width, height });
        const all = [...tiles, self], what = `${others} others, ${featured} on ${width} × ${height}`;
        ok(all.every(tile => inside(tile, width, height)), `${what}: all are on the stage`);
        const large = featured === 'self' ? self : tiles[featured];
        if (featured !== null) ok(area(large) > 0.55 * width * height, `${what}: the screen is large`);
        if (others === 1 && featured === null) continue;
        ok(all.every((one, index) => all.slice(index + 1).every(other => apart(one, other))), `${what}: none covers another`);
      }
    }
  }
  equal(layOut({ others: 0, featured: 'self', width: 800, height: 600 }).mode, 'alone');
});

test('Our own picture lies in the chosen corner, beside badge and name', () => {
  for (const [width, height] of [[1252, 640], [374, 690]]) {
    for (const corner of corners) {
      const { self, mode } = layOut({ others: 1, corner, width, height });
      equal(mode, 'corner');
      equal(nearestCorner(self.x + self.width / 2, self.y + self.height / 2, width, height), corner);
      ok(self.y >= 50 || corner.startsWith('bottom'), 'the badge is not covered');
      ok(corner !== 'bottom-left' || self.y + self.height <= height - 48, 'nor is the name');
    }
  }
});
