/** Finds out why a WebSocket didn't open: browsers report only 1006, whatever the reason. */
const patience = 3_000;

/** @returns {Promise<string>} the likely cause; empty when nothing more is known */
export async function explainSilence(webSocketUrl) {
  if (!navigator.onLine) return 'This device is offline. Trying again…';
  try {
    const health = new URL('/healthz', webSocketUrl.replace(/^ws/, 'http'));
    const { ok, status } = await fetch(health, { cache: 'no-store', signal: AbortSignal.timeout(patience) });
    if (ok) return 'The server responds, but not over WebSocket. A proxy, firewall or extension may block it. Trying again…';
    return `The signalling server isn’t ready (${status}). Trying again…`;
  } catch {
    return '';
  }
}
