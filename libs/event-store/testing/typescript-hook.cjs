// Lets plain Node load the TypeScript sources: `node --require <this file> some.ts`. For worker
// threads and child processes that a test starts; the build needs none of it.
const { transformFileSync } = require('@swc/core');
const { join } = require('node:path');

const configFile = join(__dirname, '../../../.swcrc');

require.extensions['.ts'] = (module, filename) => {
  const { code } = transformFileSync(filename, { configFile, sourceMaps: 'inline' });
  module._compile(code, filename);
};
