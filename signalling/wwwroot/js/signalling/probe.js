/** Finds out more where a WebSocket did not open: browsers say only 1006, whatever the reason. */
const patience = 3_000;

/** @returns {Promise<string>} what is likely wrong, in words; empty when nothing more is known */
export async function explainSilence(webSocketUrl) {
  if (!navigator.onLine) return 'This device is offline. Trying again…';
  try {
    const health = new URL('/healthz', webSocketUrl.replace(/^ws/, 'http'));
    const { ok, status } = await fetch(health, { cache: 'no-store', signal: AbortSignal.timeout(patience) });
    if (ok) return 'The server answers, but not over WebSocket: a proxy, a firewall or an extension may block it. Trying again…';
    return `The signalling server is not ready (${status}). Trying again…`;
  } catch {
    return '';
  }
}
