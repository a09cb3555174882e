/** What the page sends as a person's name. What comes of it the server says (signalling/Names/MemberName.cs), and `welcome` carries it. */

/** UTF-16 units that the server looks at. */
const maxGiven = 256;

/** What somebody typed, without what the server refuses: control characters, half characters, great length. */
export function typedName(text) {
  const whole = [...text].map(letter => /[\p{Cc}\p{Cs}]/u.test(letter) ? ' ' : letter);
  let name = '';
  for (const letter of whole) {
    if (name.length + letter.length > maxGiven) break;
    name += letter;
  }
  return name.trim();
}
