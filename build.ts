// Bundles the program into a folder, as the image holds it: the command `runner-autoscaler`, its main.mjs, and beside that
// what only some commands load. `node build.ts [FOLDER]`

import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const root = import.meta.dirname;
const folder = process.argv[2] ?? join(root, 'dist');

// Dependencies that are CommonJS call require; a bundle in ESM form has to bring it.
const banner = `import { createRequire as bundledRequire } from 'node:module'; const require = bundledRequire(import.meta.url);`;

await build({
  entryPoints: ['cli/main.ts'],
  absWorkingDir: root,
  outdir: folder,
  bundle: true,
  // What is imported when needed becomes a file of its own: SDKs and the sandbox stay out of the memory of a controller.
  splitting: true,
  outExtension: { '.js': '.mjs' },
  platform: 'node',
  format: 'esm',
  target: 'node24',
  minify: true,
  legalComments: 'none',
  banner: { js: banner },
  logLevel: 'warning',
});
copyFileSync(join(root, 'entrypoint.sh'), join(folder, 'runner-autoscaler'));
