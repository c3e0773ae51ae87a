// Lint rules: the import directions, the purity of the deciding code, and the size caps that the design asks for.
import js from '@eslint/js';
import prettier from 'eslint-config-prettier';
import { importX } from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

const programs = ['./controller', './cleaner', './simulate', './sandbox', './cli', './dashboard'];

/** Which folder may not import which: `target` is the importing side. */
const zones = [
  { target: './core', from: [...programs, './test'], message: 'core imports neither program.' },
  {
    target: './controller',
    from: ['./cleaner', './simulate', './sandbox', './cli', './dashboard', './test'],
  },
  {
    target: './cleaner',
    from: ['./controller', './simulate', './sandbox', './cli', './dashboard', './test'],
  },
  { target: './controller/sources', from: ['./controller/targets'], message: 'Sources do not know targets.' },
  { target: './controller/targets', from: ['./controller/sources'], message: 'Targets do not know sources.' },
  {
    target: './controller/decide',
    from: ['./controller/sources', './controller/targets', './core/clients', './core/process'],
  },
  {
    target: './simulate',
    from: ['./sandbox', './cli', './dashboard', './test', './core/clients', './core/process'],
  },
  {
    target: './dashboard',
    from: ['./controller', './cleaner', './simulate', './sandbox', './cli', './test'],
  },
  { target: './sandbox', from: ['./cli', './test'] },
];

const sdks = ['@kubernetes/client-node', '@aws-sdk/*', 'openapi-fetch', 'undici'];

/** Deciding code sees values only: no clock, environment, network, logger or random number. */
const pureFiles = [
  'controller/decide/**/*.ts',
  'cleaner/stale/**/*.ts',
  'simulate/**/*.ts',
  'core/config/rules/**/*.ts',
];

export default tseslint.config(
  { ignores: ['node_modules', 'dist', '**/*.generated.ts'] },
  js.configs.recommended,
  ...tseslint.configs.recommendedTypeChecked,
  {
    plugins: { 'import-x': importX },
    languageOptions: { parserOptions: { projectService: { allowDefaultProject: ['eslint.config.js'] } } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      'import-x/no-restricted-paths': ['error', { zones }],
      'import-x/no-default-export': 'error',
      'import-x/no-cycle': 'error',
      'no-restricted-imports': [
        'error',
        { patterns: [{ group: sdks, message: 'SDKs are imported in core/clients only.' }] },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      // A switch over the kinds of a union counts once: it is one thought, and types hold it complete.
      complexity: ['error', { max: 10, variant: 'modified' }],
      'max-depth': ['error', 3],
      'max-params': ['error', 4],
      'max-lines': ['error', 250],
      'max-lines-per-function': ['error', { max: 40, skipComments: true, skipBlankLines: true }],
    },
  },
  {
    files: ['core/clients/**/*.ts', 'test/**/*.ts'],
    rules: { 'no-restricted-imports': 'off' },
  },
  {
    files: pureFiles,
    rules: {
      'no-restricted-globals': [
        'error',
        'process',
        'fetch',
        'setTimeout',
        'setInterval',
        'console',
        'performance',
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'Time is an argument.' },
        { object: 'Math', property: 'random', message: 'Chance is an argument.' },
      ],
      'no-restricted-syntax': [
        'error',
        {
          selector: "NewExpression[callee.name='Date'][arguments.length=0]",
          message: 'Time is an argument.',
        },
      ],
      'no-restricted-imports': [
        'error',
        { patterns: [{ group: ['node:*', 'pino', ...sdks], message: 'Pure files see values only.' }] },
      ],
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      'max-lines': 'off',
      complexity: 'off',
      'max-lines-per-function': 'off',
      '@typescript-eslint/no-floating-promises': 'off',
    },
  },
  { files: ['eslint.config.js'], rules: { 'import-x/no-default-export': 'off' } },
  prettier,
);
