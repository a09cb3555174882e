import test from 'node:test';
import { doesNotMatch, equal } from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { cleanName, cleanWords, formatSize, splitName } from '../../../signalling/wwwroot/js/files/names.js';

const { files } = JSON.parse(readFileSync(new URL('../../vectors/names.json', import.meta.url)));

test('File names from the other side cannot mislead', () => {
  equal(cleanName('../../etc/passwd'), 'passwd');
  equal(cleanName('C:\\Windows\\evil.exe'), 'evil.exe');
  equal(cleanName('photo\u202egpj.exe'), 'photo_gpj.exe');
  equal(cleanName('...'), 'file');
  equal(cleanName(''), 'file');
  equal(cleanName(`${'x'.repeat(500)}.pdf`).length, 120);
  equal(cleanName(`${'x'.repeat(500)}.pdf`).endsWith('.pdf'), true);
});

test('A file’s name shows its ending where it ends, in every case of names.json', () => {
  for (const { given, name } of files) {
    const clean = cleanName(given);
    const { stem, ending } = splitName(clean);
    equal(clean, name);
    equal(stem + ending, name);
    doesNotMatch(clean, /[\p{Cc}\p{Cf}]/u);
  }
});

test('Words from the other side are bounded, and nothing in them is invisible', () => {
  equal(cleanWords('no\u202e room'), 'no\uFFFD room');
  equal(cleanWords('x'.repeat(500)).length, 200);
  equal(cleanWords(undefined), '');
});

test('Sizes are shown with the unit that people read', () => {
  equal(formatSize(999), '999 bytes');
  equal(formatSize(4_830_000), '4.8 MB');
  equal(formatSize(250e9), '250 GB');
});
