// A file from one side to the other over a channel of the test's own; the receiver keeps it in memory, as private windows do.
import test from 'node:test';
import { deepEqual, equal, match } from 'node:assert/strict';
import { Incoming } from '../../../signalling/wwwroot/js/files/incoming.js';
import { Outgoing } from '../../../signalling/wwwroot/js/files/outgoing.js';
import { Transfers, maxOpen } from '../../../signalling/wwwroot/js/files/transfers.js';

Object.defineProperty(globalThis, 'navigator', { value: {}, configurable: true });

/** Two ends of a data channel; what is sent arrives later and in order. `change` may alter it on the way. */
function pipe(change = data => data) {
  const end = () => ({
    readyState: 'open',
    bufferedAmount: 0,
    onmessage() {},
    onclose() {},
    send(data) {
      const copy = typeof data === 'string' ? data : data.slice().buffer;
      setImmediate(() => this.other.onmessage({ data: change(copy) }));
    },
    close() {
      if (this.readyState === 'closed') return;
      setImmediate(() => this.other.onclose());
      this.readyState = this.other.readyState = 'closed';
    },
  });
  const one = end(), other = end();
  one.other = other;
  other.other = one;
  return [one, other];
}

function transfer(bytes, change) {
  const [one, other] = pipe(change);
  const incoming = new Incoming(other);
  const outgoing = new Outgoing(one, new File([bytes], 'report.pdf', { type: 'application/pdf' }), 16_384);
  one.onopen();
  const over = new Promise(resolve => {
    const check = () => incoming.over && outgoing.over && resolve();
    incoming.on('changed', check);
    outgoing.on('changed', check);
  });
  return { incoming, outgoing, over, offered: new Promise(resolve => incoming.on('offered', resolve)), one, other };
}

const bytes = crypto.getRandomValues(new Uint8Array(60_000));

test('A file that is accepted arrives complete and verified', async () => {
  const { incoming, outgoing, over, offered } = transfer(bytes);
  await offered;
  deepEqual([incoming.name, incoming.size, incoming.mime, outgoing.state], ['report.pdf', 60_000, 'application/pdf', 'waiting']);
  incoming.accept();
  await over;
  deepEqual([incoming.state, outgoing.state], ['done', 'done']);
  deepEqual(new Uint8Array(await incoming.file.arrayBuffer()), bytes);
  equal(incoming.sha256, outgoing.sha256);
});

test('A file that changes on the way is not handed out', async () => {
  const { incoming, outgoing, over, offered } = transfer(bytes, data => {
    if (typeof data !== 'string') new Uint8Array(data)[0] ^= 1;
    return data;
  });
  await offered;
  incoming.accept();
  await over;
  deepEqual([incoming.state, outgoing.state, incoming.file], ['failed', 'failed', null]);
  match(outgoing.why, /SHA-256/);
});

test('A file can be declined, and cancelled by either side', async () => {
  const declined = transfer(bytes);
  await declined.offered;
  declined.incoming.decline();
  await declined.over;
  deepEqual([declined.incoming.state, declined.outgoing.state], ['declined', 'declined']);

  const cancelled = transfer(bytes);
  await cancelled.offered;
  cancelled.outgoing.cancel();
  await cancelled.over;
  deepEqual([cancelled.incoming.state, cancelled.outgoing.state], ['cancelled', 'cancelled']);
});

test('Bytes that were not announced, and what is not a message, end a transfer', async () => {
  const early = transfer(bytes);
  await early.offered;
  early.other.onmessage({ data: new ArrayBuffer(8) });
  await early.over;
  deepEqual([early.incoming.state, early.outgoing.state], ['failed', 'failed']);

  for (const nonsense of ['no JSON', 'null', `"${'x'.repeat(5_000)}"`]) {
    const { incoming, offered, other } = transfer(bytes);
    await offered;
    other.onmessage({ data: nonsense });
    equal(incoming.state, 'failed', nonsense.slice(0, 10));
  }
});

test('A connection that closes ends its transfers, and the first end counts', async () => {
  const { incoming, outgoing, offered, one, other } = transfer(bytes);
  await offered;
  one.onclose();
  other.onclose();
  deepEqual([incoming.state, outgoing.state], ['failed', 'failed']);
  outgoing.finish('done');
  equal(outgoing.state, 'failed');
});

test('No more than eight files are under way to one member', () => {
  const peer = { state: 'connected', maxMessage: 16_384, createChannel: () => pipe()[0] };
  const transfers = new Transfers(peer, () => {});
  const file = new File([bytes], 'x');
  const sent = Array.from({ length: maxOpen }, () => transfers.send(file));
  equal(sent.includes(null), false);
  equal(transfers.send(file), null);
  sent[0].finish('failed');
  equal(transfers.send(file) === null, false);
  peer.state = 'disconnected';
  transfers.close();
  equal(transfers.send(file), null, 'without a connection');
});
