/**
 * What is sent as video to one member: no more than its page shows, and all members together no more than an upload carries.
 */

/** Bits per second of video to all others together, and the least and most to one. */
const budget = 6_000_000;
const least = 100_000;
const most = 2_500_000;
/** Bits that one pixel of a camera's picture needs, at 30 pictures a second. */
const bitsPerPixel = 2.7;
/** A picture may be sent with this part of the bits that it needs before a smaller one looks better. */
const frugal = 0.6;
/** Scales that keep common sizes even: 1280 × 720 becomes 960 × 540, 640 × 360, 480 × 270, 320 × 180 and 160 × 90. */
const scales = [1, 4 / 3, 2, 8 / 3, 4, 8];
/** Largest side of a picture that a member can ask for, in pixels. */
export const largestSide = 8192;

/**
 * @param {{people: number, captured: ?{width: number, height: number}, shown: ?{width: number, height: number}, screen: boolean}} options
 *   `people`: others in the call; `captured`: our picture in pixels; `shown`: the member's tile in its screen's pixels, null while it has
 *   not said; `screen`: a screen is shared, shown large and whole
 * @returns {{maxBitrate: number, scaleResolutionDownBy: number}} for RTCRtpSender.setParameters
 */
export function videoFor({ people, captured, shown, screen }) {
  const share = Math.max(least, Math.floor(budget / Math.max(1, people)));
  // Text must stay readable, also for somebody who enlarges it now.
  if (screen || !captured?.width || !captured.height) return { maxBitrate: Math.min(most, share), scaleResolutionDownBy: 1 };
  const wanted = shown ?? guess(people);
  // The tile is filled: the picture's edges are cut off.
  const largest = Math.min(captured.width / Math.max(1, wanted.width), captured.height / Math.max(1, wanted.height));
  let index = scales.findLastIndex(scale => scale <= Math.max(1, largest));
  while (index < scales.length - 1 && share < frugal * bits(captured, scales[index])) index++;
  const scale = scales[index];
  return { maxBitrate: Math.min(most, share, Math.max(least, bits(captured, scale))), scaleResolutionDownBy: scale };
}

/** The tile that a member of a call of this size has on a usual screen, until it says what it has. */
function guess(people) {
  const columns = Math.ceil(Math.sqrt(people + 1));
  return people <= 1 ? { width: 1280, height: 720 } : { width: Math.round(1280 / columns), height: Math.round(720 / columns) };
}

function bits({ width, height }, scale) {
  return Math.round(width * height / scale ** 2 * bitsPerPixel);
}
