/** The name that the page sends. The server decides the name in the room (signalling/Names/MemberName.cs); `welcome` carries it. */

/** UTF-16 units that the server looks at. */
const maxGiven = 256;

/** The typed text without what the server rejects: control characters, unpaired surrogates, excess length. */
export function typedName(text) {
  const whole = [...text].map(letter => /[\p{Cc}\p{Cs}]/u.test(letter) ? ' ' : letter);
  let name = '';
  for (const letter of whole) {
    if (name.length + letter.length > maxGiven) break;
    name += letter;
  }
  return name.trim();
}
