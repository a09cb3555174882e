/**
 * The secret by which the server knows this page again, also after a restart; the others see only a digest of it. Each load of the page has
 * a new one, so the same digest means the same page with its connections. The one before is in the tab's storage, so that the server can
 * replace what a reload, or a crash, left in the room.
 */
const stored = 'causeway.client';
const patience = 500;

export class ClientKey {
  value = randomKey();
  /** The key of this tab's earlier page in the same room, after `recall`. */
  replaces = undefined;
  #room;
  #release = null;
  #isReleased = false;

  constructor(room) {
    this.#room = room;
  }

  /** Finds the earlier key. A duplicated tab has a copy of it, while the other tab lives on: that one holds the key's lock. */
  async recall() {
    const earlier = read();
    if (earlier?.room === this.#room && await isFree(earlier.key)) this.replaces = earlier.key;
    const held = () => new Promise(release => this.#isReleased ? release() : this.#release = release);
    navigator.locks?.request(lockOf(this.value), held).catch(() => {});
  }

  /** From now on this is the tab's key: the server knows it. */
  keep() {
    try {
      sessionStorage.setItem(stored, JSON.stringify({ room: this.#room, key: this.value }));
    } catch {
      // Storage is refused: a reload then waits until its ghost is gone.
    }
  }

  /** The page has left: another one may take the key up. */
  release() {
    this.#isReleased = true;
    this.#release?.();
  }
}

function read() {
  try {
    return JSON.parse(sessionStorage.getItem(stored));
  } catch {
    return null;
  }
}

/** Without locks nothing is known of the other tabs. The page before a reload lets go of its lock only when it is gone. */
function isFree(key) {
  return navigator.locks?.request(lockOf(key), { signal: AbortSignal.timeout(patience) }, () => true).catch(() => false) ?? false;
}

function lockOf(key) {
  return `causeway.client.${key}`;
}

function randomKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  return btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}
