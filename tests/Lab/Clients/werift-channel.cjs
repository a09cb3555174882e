// werift, WebRTC in TypeScript, sends a datagram a second to a peer through a TURN server and counts what comes back.
const { createTurnClient } = require("werift");

const [host, port, username, password, peerPort, seconds] = process.argv.slice(2);
const second = () => new Promise((resolve) => setTimeout(resolve, 1000));

(async () => {
  // Everything else is werift's own: it binds a channel at the first datagram and binds it again every 500 s.
  const turn = await createTurnClient({ address: [host, Number(port)], username, password }, { transport: "udp" });
  const received = [];
  turn.onData.subscribe((data) => received.push(Number(data.toString())));
  for (let number = 0; number < Number(seconds); number++) {
    turn.sendData(Buffer.from(String(number)), [host, Number(peerPort)]).catch((failure) => console.error(number, String(failure)));
    await second();
  }
  await second();
  console.log(JSON.stringify(received));
  process.exit(0);
})();
