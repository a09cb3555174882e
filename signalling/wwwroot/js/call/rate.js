/**
 * How much video one member gets: no more than its page shows, and in total no more than an upload carries.
 */

/** Bits per second of video to all members together, and the least and most to one. */
const budget = 6_000_000;
const least = 100_000;
const most = 2_500_000;
/** Bits per second that one pixel of a camera's video needs, at 30 frames a second. */
const bitsPerPixel = 2.7;
/** With less than this part of the bits that it needs, a smaller picture looks better. */
const frugal = 0.6;
/** Scales at which common sizes stay even: 1280 × 720 becomes 960 × 540, 640 × 360, 480 × 270, 320 × 180 and 160 × 90. */
const scales = [1, 4 / 3, 2, 8 / 3, 4, 8];
/** The longest side that a member can request, in pixels. */
export const largestSide = 8192;

/**
 * @param {{people: number, captured: ?{width: number, height: number}, shown: ?{width: number, height: number}, screen: boolean}} options
 *   `people`: others in the call; `captured`: our video in pixels; `shown`: the member's tile in its screen's pixels, null until it reports
 *   it; `screen`: a screen is shared, shown large and whole
 * @returns {{maxBitrate: number, scaleResolutionDownBy: number}} for RTCRtpSender.setParameters
 */
export function videoFor({ people, captured, shown, screen }) {
  const share = Math.max(least, Math.floor(budget / Math.max(1, people)));
  // Text must stay readable, also for a member that enlarges it now.
  if (screen || !captured?.width || !captured.height) return { maxBitrate: Math.min(most, share), scaleResolutionDownBy: 1 };
  const wanted = shown ?? guess(people);
  // The video fills the tile; its edges are cut off.
  const largest = Math.min(captured.width / Math.max(1, wanted.width), captured.height / Math.max(1, wanted.height));
  let index = scales.findLastIndex(scale => scale <= Math.max(1, largest));
  while (index < scales.length - 1 && share < frugal * bits(captured, scales[index])) index++;
  const scale = scales[index];
  return { maxBitrate: Math.min(most, share, Math.max(least, bits(captured, scale))), scaleResolutionDownBy: scale };
}

/** The usual tile in a call of this size, until the member reports its own. */
function guess(people) {
  const columns = Math.ceil(Math.sqrt(people + 1));
  return people <= 1 ? { width: 1280, height: 720 } : { width: Math.round(1280 / columns), height: Math.round(720 / columns) };
}

function bits({ width, height }, scale) {
  return Math.round(width * height / scale ** 2 * bitsPerPixel);
}
