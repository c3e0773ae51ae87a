// Bundles the program into a folder, as the image holds it: main.mjs, and beside it what only some commands load.
// `node build.ts [FOLDER]`

import { build } from 'esbuild';

// Dependencies that are CommonJS call require; a bundle in ESM form has to bring it.
const banner = `import { createRequire as bundledRequire } from 'node:module'; const require = bundledRequire(import.meta.url);`;

await build({
  entryPoints: ['cli/main.ts'],
  absWorkingDir: import.meta.dirname,
  outdir: process.argv[2] ?? 'dist',
  bundle: true,
  // What is imported when needed becomes a file of its own: the SDKs and the sandbox stay out of a controller's memory.
  splitting: true,
  outExtension: { '.js': '.mjs' },
  platform: 'node',
  format: 'esm',
  target: 'node24',
  minify: true,
  legalComments: 'none',
  // nunjucks watches files only if asked to, and we never do.
  external: ['chokidar'],
  banner: { js: banner },
  logLevel: 'warning',
});
