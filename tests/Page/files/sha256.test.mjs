import test from 'node:test';
import { equal } from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { Sha256 } from '../../../signalling/wwwroot/js/files/sha256.js';

const bytes = new Uint8Array(randomBytes(1000));
const digest = data => createHash('sha256').update(data).digest('hex');

test('SHA-256 of pieces is that of the whole', () => {
  for (const piece of [1, 55, 56, 63, 64, 65, 127, 1000]) {
    const hash = new Sha256();
    for (let i = 0; i < bytes.length; i += piece) hash.update(bytes.subarray(i, i + piece));
    equal(hash.hex(), digest(bytes), `pieces of ${piece}`);
  }
});

test('SHA-256 is right for every length around a block', () => {
  for (let length = 0; length <= 200; length++) {
    const part = bytes.subarray(0, length);
    equal(new Sha256().update(part).hex(), digest(part), `${length} bytes`);
  }
});
