"""aioice, Python's ICE, sends a datagram a second to a peer through a TURN server and counts what comes back."""

import asyncio
import json
import sys

from aioice import turn

host, port, username, password, peer_port, seconds = sys.argv[1:]


class Counter(asyncio.DatagramProtocol):
    def __init__(self):
        self.received = []

    def datagram_received(self, data, addr):
        self.received.append(int(data))


async def main():
    # Everything else is aioice's own: it binds a channel at the first datagram and binds it again every 500 s.
    transport, counter = await turn.create_turn_endpoint(
        Counter, server_addr=(host, int(port)), username=username, password=password, lifetime=600
    )
    for number in range(int(seconds)):
        transport.sendto(str(number).encode(), (host, int(peer_port)))
        await asyncio.sleep(1)
    await asyncio.sleep(1)
    print(json.dumps(counter.received))
    transport.close()


asyncio.run(main())
