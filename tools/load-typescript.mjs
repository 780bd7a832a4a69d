import { transformSync } from '@swc/core';
import { readFile } from 'node:fs/promises';
import { Module } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the project. */
export const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');

/**
 * The exports of a TypeScript file of tools/, which is not part of dist/. The file may import types
 * and packages, but no library of the project: there are no aliases here.
 */
export async function loadTypeScript(path) {
  const file = join(root, path);
  const { code } = transformSync(await readFile(file, 'utf8'), {
    configFile: join(root, '.swcrc'),
    filename: file,
  });
  const module = new Module(file);
  module.filename = file;
  module.paths = [join(root, 'node_modules')];
  module._compile(code, file);
  return module.exports;
}
