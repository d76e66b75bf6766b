// What the compiler does not see: promises left alone, values of type any, and this package's contracts (tools/lint).
import js from '@eslint/js'
import { defineConfig, globalIgnores } from 'eslint/config'
import tseslint from 'typescript-eslint'
import { determinism } from './tools/lint/determinism.mjs'
import { realms } from './tools/lint/realms.mjs'

const ganglion = { rules: { determinism, realms } }
const forNode = ['src/node/**', 'src/cli/**']
const hostGlobals = [
  'Buffer', 'Response', 'TextDecoder', 'URL', 'WebAssembly', 'console', 'fetch', 'performance', 'process', 'setTimeout',
]

export default defineConfig(
  // The peers' contestants have their packages, and so their types, in bench/peers, which the main install leaves out.
  globalIgnores([
    'dist/', 'web/dist/', 'dist.new/', '**/build/', 'runs/', '{src,assembly}/**/*.generated.ts', 'bench/peers/contestants/',
  ]),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  // A regular expression cannot be broken.
  { rules: { 'max-len': ['error', { code: 130, ignoreUrls: true, ignoreRegExpLiterals: true }] } },
  {
    files: ['**/*.{js,mjs,cjs}'],
    languageOptions: { globals: Object.fromEntries(hostGlobals.map((name) => [name, 'readonly'])) },
  },
  {
    files: ['{src,test,bench}/**/*.ts', '*.ts'],
    ignores: ['**/*.probe.ts', 'test/runtimes/**'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { project: './tsconfig.check.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowArray: true, allowNever: true, allowNumber: true }],
      '@typescript-eslint/no-unused-vars': ['error', { varsIgnorePattern: '^_' }],
      // An interface may ask for a promise that one of its kind need not wait for.
      '@typescript-eslint/require-await': 'off',
      // asc's streams say what they hold.
      '@typescript-eslint/no-base-to-string': ['error', { ignoredTypeNames: ['OutputStream'] }],
      // Definitions, op records and layers are plain objects of functions that never say `this`.
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    // Tests read JSON whose shape they are about to prove, and match text as it stands.
    files: ['test/**/*.ts', 'bench/**/*.ts'],
    rules: {
      ...Object.fromEntries(['argument', 'assignment', 'call', 'member-access', 'return']
        .map((what) => [`@typescript-eslint/no-unsafe-${what}`, 'off'])),
      '@typescript-eslint/restrict-template-expressions': 'off',
      'no-regex-spaces': 'off',
    },
  },
  {
    // Their packages, and so the types, are in test/runtimes, which the main install leaves out: `npm run test:runtimes` checks.
    files: ['test/runtimes/**/*.ts'],
    extends: [tseslint.configs.recommended],
  },
  {
    // Programs for every runtime, pages and workers among them.
    files: ['test/runtimes/programs/**'],
    languageOptions: {
      globals: Object.fromEntries([
        'MessageChannel', 'Response', 'URLSearchParams', 'Worker', 'crypto', 'document', 'fetch', 'isSecureContext', 'location',
        'navigator', 'open', 'postMessage', 'require', 'trustedTypes',
      ].map((name) => [name, 'readonly'])),
    },
  },
  {
    // The page has its own packages, and so its types: `npm --prefix web test` checks.
    files: ['web/**/*.{ts,tsx}'],
    extends: [tseslint.configs.recommended],
    rules: {
      'no-restricted-syntax': ['error', {
        selector: "TSNonNullExpression > MemberExpression[property.name='current']",
        message: 'Preact lets go of a ref when it removes the element, and ends effects later: take the element once, and ask ' +
          'whether it is there.',
      }],
    },
  },
  {
    files: ['web/public/sw.js'],
    languageOptions: { globals: Object.fromEntries(['Headers', 'caches', 'location', 'self'].map((name) => [name, 'readonly'])) },
  },
  {
    // AssemblyScript: TypeScript's parser reads it once it lets decorators stand anywhere; its types it cannot know.
    files: ['assembly/**/*.ts', '**/*.probe.ts'],
    languageOptions: { parser: tseslint.parser, parserOptions: { allowInvalidAST: true } },
    rules: { 'no-undef': 'off', 'no-unused-vars': 'off', 'no-loss-of-precision': 'off' },
  },
  {
    plugins: { ganglion },
    files: ['src/**/*.ts', 'assembly/**/*.ts'],
    ignores: forNode,
    rules: { 'ganglion/determinism': 'error' },
  },
  { files: ['src/train/**', 'src/bench/**', 'src/swarm/**'], rules: { 'ganglion/determinism': ['error', { clock: true }] } },
  {
    plugins: { ganglion },
    files: ['src/**/*.ts'],
    rules: {
      'ganglion/realms': 'error',
      'no-restricted-syntax': ['error', {
        selector: 'ImportExpression',
        message: 'What is loaded later may be out of reach by then: offline, after a deploy, in a service worker. Import it ' +
          'statically, or say here why it is loaded before anything can go wrong.',
      }, {
        selector: "CallExpression[callee.property.name=/^toLocale|^localeCompare$/], MemberExpression[object.name='Intl']",
        message: 'What asks for a locale first loads its tables, a tenth of the time from import to a first step.',
      }],
    },
  },
)
