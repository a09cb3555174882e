/**
 * Where a received file is kept until it is saved: the browser's origin private file system (on disk, so that files of any size need little
 * memory), or memory with a limit where there is none (private windows).
 */
const memoryLimit = 256 << 20;
const folderPrefix = 'received-';
const folderName = folderPrefix + (crypto.randomUUID?.() ?? Date.now());
let folder = null;

/** @returns {Promise<{write(bytes: Uint8Array): Promise<void>, finish(): Promise<Blob>, discard(): Promise<void>}>} */
export async function openStore(size) {
  let ours = null;
  try {
    ours = await (folder ??= makeFolder());
  } catch {
    folder = null;
  }
  return ours ? openOnDisk(ours, size) : openInMemory(size);
}

async function openOnDisk(ours, size) {
  const { quota = Infinity, usage = 0 } = await navigator.storage.estimate();
  if (size > quota - usage) throw new Error('Not enough free space on this device.');
  const name = String(performance.now());
  const handle = await ours.getFileHandle(name, { create: true });
  const stream = await handle.createWritable();
  return {
    write: bytes => stream.write(bytes),
    async finish() {
      await stream.close();
      return handle.getFile();
    },
    async discard() {
      await stream.abort().catch(() => {}); // Already closed.
      await ours.removeEntry(name).catch(() => {});
    },
  };
}

function openInMemory(size) {
  if (size > memoryLimit) throw new Error('The file is too large for a private window, which keeps files in memory. Use a regular window.');
  let pieces = [];
  return {
    async write(bytes) {
      pieces.push(bytes);
    },
    async finish() {
      return new Blob(pieces);
    },
    async discard() {
      pieces = [];
    },
  };
}

/** A folder for this page alone. Its lock lives as long as the page; folders without a lock are leftovers and removed. */
async function makeFolder() {
  const root = await navigator.storage.getDirectory();
  navigator.locks.request(folderName, () => new Promise(() => {}));
  const held = new Set((await navigator.locks.query()).held.map(lock => lock.name));
  for await (const name of root.keys()) {
    const isLeftover = name.startsWith(folderPrefix) && name !== folderName && !held.has(name);
    if (isLeftover) await root.removeEntry(name, { recursive: true }).catch(() => {});
  }
  const ours = await root.getDirectoryHandle(folderName, { create: true });
  const probe = await ours.getFileHandle('probe', { create: true });
  await (await probe.createWritable()).abort();
  return ours;
}
