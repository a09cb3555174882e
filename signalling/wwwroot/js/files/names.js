/** File names and sizes, formatted for people. */

const longest = 120;
const longestEnding = 12;

/**
 * A file name without what could mislead: folders, excess length, and invisible characters, which may reverse the writing direction so that
 * `gpj.exe` reads `exe.jpg`. Each invisible character becomes `_`.
 */
export function cleanName(name) {
  const base = name.normalize('NFC').split(/[/\\]/).pop()
    .replace(/[\p{Cc}<>:"|?*]/gu, '')
    .replace(/^[.\s\p{Default_Ignorable_Code_Point}]+|[.\s\p{Default_Ignorable_Code_Point}]+$/gu, '')
    .replace(/[\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu, '_');
  const { stem, ending } = splitName(base);
  return ([...stem].slice(0, longest - ending.length).join('') || 'file') + ending;
}

/** Splits a name into `report` and `.pdf`, to show side by side: in one piece, a Hebrew or Arabic name may show its ending elsewhere. */
export function splitName(name) {
  const dot = name.lastIndexOf('.');
  const end = dot > 0 && name.length - dot <= longestEnding ? dot : name.length;
  return { stem: name.slice(0, end), ending: name.slice(end) };
}

/** Text from the other side, bounded and without invisible characters. */
export function cleanWords(text) {
  return [...String(text ?? '')].slice(0, 200).join('').replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, '\uFFFD');
}

/** For example `4.8 MB`. */
export function formatSize(bytes) {
  const units = ['bytes', 'KB', 'MB', 'GB', 'TB'];
  let unit = 0;
  while (bytes >= 1000 && unit < units.length - 1) {
    bytes /= 1000;
    unit++;
  }
  return `${unit === 0 || bytes >= 100 ? Math.round(bytes) : bytes.toFixed(1)} ${units[unit]}`;
}
