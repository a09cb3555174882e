import test from 'node:test';
import { equal } from 'node:assert/strict';
import { hue, initials } from '../../../signalling/wwwroot/js/ui/faces.js';

test('Initials are those of the first and the last word', () => {
  equal(initials('Ada'), 'A');
  equal(initials('  ada of  lovelace '), 'AL');
  equal(initials('👩‍💻 dev'), '👩D');
  equal(initials(''), '?');
});

test('A name always has the same colour', () => {
  equal(hue('Ada'), hue('Ada'));
  equal(hue('Ada') !== hue('Grace'), true);
});
