// A reporter for `node --test`: one JSON object a line for each test, which tests/Signalling.Tests/Page turns into results of its own.
import { fileURLToPath } from 'node:url';

const path = file => file.startsWith('file:') ? fileURLToPath(file) : file;

export default async function* report(source) {
  for await (const { type, data } of source) {
    // A file that cannot even be loaded fails as a test that bears the file's name.
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    const error = data.details.error?.cause ?? data.details.error;
    yield `${JSON.stringify({
      file: path(data.file ?? data.name),
      name: data.name,
      passed: type === 'test:pass' && data.skip === undefined && data.todo === undefined,
      message: type === 'test:fail' ? String(error?.stack ?? error) : '',
    })}\n`;
  }
}
