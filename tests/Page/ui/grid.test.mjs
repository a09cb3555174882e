import test from 'node:test';
import { deepEqual, equal, ok } from 'node:assert/strict';
import { bestGrid } from '../../../signalling/wwwroot/js/ui/grid.js';

test('Tiles are as large as the stage allows', () => {
  deepEqual(bestGrid(1, 1600, 900), { columns: 1, width: 1600, height: 900 }, 'one takes all');
  equal(bestGrid(2, 1600, 500).columns, 2, 'side by side on a wide stage');
  equal(bestGrid(2, 400, 800).columns, 1, 'one above the other on a phone');
  equal(bestGrid(4, 1200, 700).columns, 2);
  equal(bestGrid(7, 1600, 900).columns, 3);
  for (let count = 1; count <= 12; count++) {
    const { columns, width, height } = bestGrid(count, 1000, 600);
    ok(columns * (width + 12) - 12 <= 1000 && Math.ceil(count / columns) * (height + 12) - 12 <= 600, `${count} fit`);
  }
});
