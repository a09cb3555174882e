// Runs the page's own modules on every case of names.json: node page.mjs JS-FOLDER CASES-FILE. One JSON object is printed.
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const [folder, file] = process.argv.slice(2);
const load = module => import(pathToFileURL(`${folder}/${module}`));
const { isRoom, roomPath, readRoute, toRoom } = await load('route.js');
const { typedName } = await load('person-name.js');
const { cleanName, splitName } = await load('files/names.js');
const cases = JSON.parse(readFileSync(file, 'utf8'));

console.log(JSON.stringify({
  rooms: cases.rooms.map(({ given, name }) => ({
    taken: isRoom(given),
    // The address that the server leads to, as the page reads it.
    read: name && readRoute({ pathname: new URL(roomPath(name), 'http://localhost').pathname }),
    proposed: toRoom(given),
  })),
  members: cases.members.map(({ given }) => typedName(given)),
  files: cases.files.map(({ given }) => ({ name: cleanName(given), ...splitName(cleanName(given)) })),
}));
