// Bundles the program into one file, as the image holds it. `node build.ts [FILE]`

import { build } from 'esbuild';

// Dependencies that are CommonJS call require; a bundle in ESM form has to bring it.
const banner = `import { createRequire as bundledRequire } from 'node:module'; const require = bundledRequire(import.meta.url);`;

await build({
  entryPoints: ['cli/main.ts'],
  absWorkingDir: import.meta.dirname,
  outfile: process.argv[2] ?? 'dist/runner-autoscaler.mjs',
  bundle: true,
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
