import test from 'node:test';
import { equal } from 'node:assert/strict';
import { onNetworkChange } from '../../../signalling/wwwroot/js/call/network.js';

test('Another network is noticed by being online again or by another kind of connection', () => {
  const page = new EventTarget();
  const connection = Object.assign(new EventTarget(), { type: 'wifi' });
  globalThis.addEventListener = page.addEventListener.bind(page);
  globalThis.removeEventListener = page.removeEventListener.bind(page);
  Object.defineProperty(globalThis, 'navigator', { value: { connection }, configurable: true });
  let changes = 0;
  const stop = onNetworkChange(() => changes++);
  const becomes = type => {
    connection.type = type;
    connection.dispatchEvent(new Event('change'));
  };

  page.dispatchEvent(new Event('online'));
  equal(changes, 1);
  becomes('wifi');
  equal(changes, 1, 'a new estimate of the speed is not another network');
  becomes('none');
  equal(changes, 1, 'without a network there is no path to look for');
  becomes('cellular');
  equal(changes, 2);
  stop();
  becomes('wifi');
  page.dispatchEvent(new Event('online'));
  equal(changes, 2);
});
