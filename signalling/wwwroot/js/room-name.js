/** Room names that are easy to say aloud. Two words and six letters are 40 random bits: hard to guess while a call lasts. */
const first = [
  'amber', 'autumn', 'bright', 'calm', 'clear', 'copper', 'coral', 'early', 'gentle', 'golden', 'green', 'hidden', 'ivory', 'late',
  'little', 'lucky', 'mellow', 'misty', 'north', 'open', 'pale', 'quiet', 'rapid', 'silver', 'slow', 'small', 'south', 'still',
  'sunny', 'warm', 'west', 'wide',
];
const second = [
  'bay', 'beach', 'birch', 'bridge', 'brook', 'cliff', 'cloud', 'coast', 'cove', 'delta', 'dune', 'ferry', 'field', 'fjord', 'ford',
  'harbour', 'heron', 'island', 'lagoon', 'lake', 'marsh', 'meadow', 'otter', 'pebble', 'pier', 'reef', 'ridge', 'river', 'shore',
  'stone', 'tide', 'willow',
];
const letters = 'abcdefghjkmnpqrstuvwxyz23456789x';

/** A new name, such as `calm-harbour-k7m2xq`. */
export function proposeRoom() {
  const random = crypto.getRandomValues(new Uint8Array(8));
  const tail = [...random.slice(2)].map(value => letters[value % 32]).join('');
  return `${first[random[0] % 32]}-${second[random[1] % 32]}-${tail}`;
}
