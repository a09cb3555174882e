/** File names and sizes, as people read them. */

const longest = 120;
const longestEnding = 12;

/**
 * A file's name without what could lead astray: folders, great length, and characters that are not seen, which may reverse the writing so that
 * `gpj.exe` reads `exe.jpg`. Each of those is shown as `_`.
 */
export function cleanName(name) {
  const base = name.normalize('NFC').split(/[/\\]/).pop()
    .replace(/[\p{Cc}<>:"|?*]/gu, '')
    .replace(/^[.\s\p{Default_Ignorable_Code_Point}]+|[.\s\p{Default_Ignorable_Code_Point}]+$/gu, '')
    .replace(/[\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu, '_');
  const { stem, ending } = splitName(base);
  return ([...stem].slice(0, longest - ending.length).join('') || 'file') + ending;
}

/** A name in two parts, `report` and `.pdf`, to be shown beside each other: in one piece a name in Hebrew or Arabic may show its ending elsewhere. */
export function splitName(name) {
  const dot = name.lastIndexOf('.');
  return dot > 0 && name.length - dot <= longestEnding ? { stem: name.slice(0, dot), ending: name.slice(dot) } : { stem: name, ending: '' };
}

/** What the other side says in words, without characters that are not seen. */
export function cleanWords(text) {
  return [...String(text ?? '')].slice(0, 200).join('').replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, '\uFFFD');
}

/** As `4.8 MB`. */
export function formatSize(bytes) {
  const units = ['bytes', 'KB', 'MB', 'GB', 'TB'];
  let unit = 0;
  while (bytes >= 1000 && unit < units.length - 1) {
    bytes /= 1000;
    unit++;
  }
  return `${unit === 0 || bytes >= 100 ? Math.round(bytes) : bytes.toFixed(1)} ${units[unit]}`;
}
