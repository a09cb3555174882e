import test from 'node:test';
import { equal, ok } from 'node:assert/strict';
import { videoFor } from '../../../signalling/wwwroot/js/call/rate.js';

const captured = { width: 1280, height: 720 };
const of = (people, shown = null, more = {}) => videoFor({ people, captured, shown, screen: false, ...more });

test('What is sent follows the size of the tile', () => {
  equal(of(1).scaleResolutionDownBy, 1);
  ok(of(1).maxBitrate > 2_000_000, 'two people: full resolution');
  ok(of(1, { width: 416, height: 240 }).scaleResolutionDownBy > 2, 'a small tile asks for a small picture');
  equal(of(3, { width: 1600, height: 900 }).scaleResolutionDownBy, 1, 'a large tile for a large one');
  equal(of(2, { width: 0, height: 0 }).scaleResolutionDownBy, 8, 'what is not shown costs little');
  ok(of(3).scaleResolutionDownBy >= 2, 'before a page has said how large its tiles are');
});

test('All videos together fit into an upload, whatever the number of people', () => {
  for (let people = 1; people <= 7; people++) {
    for (const shown of [null, { width: 320, height: 180 }, { width: 900, height: 500 }, { width: 3000, height: 2000 }]) {
      const { maxBitrate, scaleResolutionDownBy: scale } = of(people, shown);
      ok(maxBitrate * people <= 6_000_000, `${people} people`);
      ok(Number.isInteger(captured.width / scale) && captured.height / scale >= 90, `${people} people: ${scale}`);
      ok(maxBitrate >= 100_000);
    }
  }
  ok(of(7, { width: 3000, height: 2000 }).scaleResolutionDownBy > 1, 'too little for a large picture makes a good smaller one');
});

test('A screen is sent in full', () => {
  equal(of(7, { width: 320, height: 180 }, { screen: true }).scaleResolutionDownBy, 1);
  equal(of(2, null, { captured: null }).scaleResolutionDownBy, 1, 'no camera');
});
