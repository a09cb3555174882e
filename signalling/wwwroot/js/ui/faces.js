/** Shown for a person without video: initials on a colour that depends only on the name. */

export function initials(name) {
  const words = name.trim().split(/\s+/).filter(Boolean);
  const letters = words.length > 1 ? [words[0], words[words.length - 1]] : words;
  return letters.map(word => [...word][0].toUpperCase()).join('') || '?';
}

/** A hue in degrees. */
export function hue(name) {
  let hash = 0;
  for (const letter of name) hash = (hash * 31 + letter.codePointAt(0)) % 360;
  return hash;
}

export function setFace(element, name) {
  element.style.setProperty('--hue', hue(name));
  element.querySelector('.initials').textContent = initials(name);
}
