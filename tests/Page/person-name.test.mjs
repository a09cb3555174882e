import test from 'node:test';
import { equal, ok } from 'node:assert/strict';
import { typedName } from '../../signalling/wwwroot/js/person-name.js';

test('A typed name loses what the server refuses', () => {
  equal(typedName('  Ada\u0007 Lovelace '), 'Ada  Lovelace');
  equal(typedName('a\ud83d'), 'a');
  equal(typedName(''), '');
});

test('A typed name is cut between letters', () => {
  ok(typedName('x'.repeat(300)).length === 256);
  equal(typedName(`${'x'.repeat(255)}😀`), 'x'.repeat(255));
});
