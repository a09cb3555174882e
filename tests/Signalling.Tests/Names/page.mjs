// Runs the page's own modules on every case of names.json: node page.mjs CASES-FILE. One JSON object is printed.
import { readFileSync } from 'node:fs';
import { typedName } from '../../../signalling/wwwroot/js/person-name.js';
import { isRoom, readRoute, roomPath, toRoom } from '../../../signalling/wwwroot/js/route.js';

const { rooms, members } = JSON.parse(readFileSync(process.argv[2], 'utf8'));

console.log(JSON.stringify({
  rooms: rooms.map(({ given, name }) => ({
    taken: isRoom(given),
    // The address that the server leads to, as the page reads it.
    read: name && readRoute({ pathname: new URL(roomPath(name), 'http://localhost').pathname }),
    proposed: toRoom(given),
  })),
  members: members.map(({ given }) => typedName(given)),
}));
