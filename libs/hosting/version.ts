import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Of this build, as the project's package.json says. */
export const version: string = readVersion(__dirname);

// The file stands two folders up from the source, three from the build.
function readVersion(folder: string): string {
  for (let at = folder; at !== dirname(at); at = dirname(at)) {
    const found = versionIn(join(at, 'package.json'));
    if (found !== undefined) return found;
  }
  return '0.0.0';
}

function versionIn(file: string): string | undefined {
  try {
    const { name, version: found } = JSON.parse(readFileSync(file, 'utf8')) as {
      readonly name?: unknown;
      readonly version?: unknown;
    };
    return name === 'ledgerdesk' && typeof found === 'string' ? found : undefined;
  } catch {
    return undefined;
  }
}
