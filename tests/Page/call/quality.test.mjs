import test from 'node:test';
import { deepEqual, equal } from 'node:assert/strict';
import { judge, Quality } from '../../../signalling/wwwroot/js/call/quality.js';

const good = { rtt: 40, lost: 0, sentLost: 0, frozen: 0 };

test('Quality is judged by round trip, loss and freezes, the worst first', () => {
  deepEqual(judge(good), { level: 'good', words: [] });
  equal(judge({ ...good, rtt: null }).level, 'good', 'not measured yet');
  deepEqual(judge({ ...good, rtt: 25_000 }), { level: 'poor', words: ['25.0 s round trip'] });
  equal(judge({ ...good, rtt: 400 }).level, 'fair');
  deepEqual(judge({ ...good, lost: 0.32 }), { level: 'poor', words: ['32% lost'] });
  deepEqual(judge({ ...good, sentLost: 0.05 }), { level: 'fair', words: ['5% of yours lost'] });
  deepEqual(judge({ ...good, rtt: 400, frozen: 1 }).words, ['video freezes', '400 ms round trip']);
});

test('Quality follows the last seconds', () => {
  const quality = new Quality();
  let at = { rtt: 40, received: { packets: 0, lost: 0 }, delivered: { packets: 0, lost: 0 }, frames: 0, frozen: 0 };
  const second = (change, moving = true) => {
    const received = { packets: at.received.packets + (change.packets ?? 100), lost: at.received.lost + (change.lost ?? 0) };
    at = { ...at, rtt: change.rtt ?? 40, frames: at.frames + (change.frames ?? 30), received };
    return quality.measure(at, moving).level;
  };
  equal(second({}), 'good');
  deepEqual([second({}), second({ rtt: 900 })], ['good', 'good'], 'one late answer is not a slow connection');
  equal(second({ packets: 50, lost: 50 }), 'poor', 'loss shows at once');
  equal([1, 2, 3, 4].map(() => second({})).at(-1), 'good', 'and is forgotten when it is over');
  equal(second({ frames: 0 }), 'good', 'a measurement may be late');
  equal(second({ frames: 0 }), 'poor', 'a video that is frozen for two seconds');
  quality.reset();
  equal([1, 2, 3].map(() => second({ frames: 0 }, false)).at(-1), 'good', 'a screen may stay the same');
  equal(second({ packets: 1, lost: 2 }), 'good', 'few packets say little');
});
