/**
 * The secret by which the server recognizes this page, also after a restart; other members see only a digest. Each load of the page makes
 * a new one, so the same digest means the same page with its connections. The tab's storage keeps the previous key, so that the server can
 * replace the member that a reload or a crash left in the room.
 */
const stored = 'causeway.client';
const patience = 500;

export class ClientKey {
  value = randomKey();
  /** The key that this tab's previous page had in the same room; set by `recall`. */
  replaces = undefined;
  #room;
  #release = null;
  #isReleased = false;

  constructor(room) {
    this.#room = room;
  }

  /** Finds the previous key. A duplicated tab has a copy of a key still in use; the original tab holds that key's lock. */
  async recall() {
    const earlier = read();
    if (earlier?.room === this.#room && await isFree(earlier.key)) this.replaces = earlier.key;
    const held = () => new Promise(release => this.#isReleased ? release() : this.#release = release);
    navigator.locks?.request(lockOf(this.value), held).catch(() => {});
  }

  /** Stores this key as the tab's: the server knows it now. */
  keep() {
    try {
      sessionStorage.setItem(stored, JSON.stringify({ room: this.#room, key: this.value }));
    } catch {
      // Storage is denied: after a reload the old member stays until its session expires.
    }
  }

  /** The page has left; another one may replace it. */
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

/** Without locks nothing is known about other tabs. After a reload the previous page may release its lock a little late. */
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
