// What the compiler does not see: promises left alone, values of type any, and the determinism contract (tools/lint).
import js from '@eslint/js'
import { defineConfig, globalIgnores } from 'eslint/config'
import tseslint from 'typescript-eslint'
import { determinism } from './tools/lint/determinism.mjs'

const ganglion = { rules: { determinism } }
const forNode = ['src/node/**', 'src/cli/**']

export default defineConfig(
  globalIgnores(['dist/', 'build/', 'runs/', 'src/runtime/core.generated.ts']),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  {
    files: ['**/*.{js,mjs}'],
    languageOptions: { globals: { process: 'readonly', console: 'readonly', URL: 'readonly', performance: 'readonly' } },
  },
  {
    files: ['{src,test,bench}/**/*.ts', '*.ts'],
    ignores: ['**/*.probe.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { project: './tsconfig.check.json', tsconfigRootDir: import.meta.dirname } },
  },
  {
    // AssemblyScript: TypeScript's parser reads it once it lets decorators stand anywhere; its types it cannot know.
    files: ['assembly/**/*.ts', '**/*.probe.ts'],
    languageOptions: { parser: tseslint.parser, parserOptions: { allowInvalidAST: true } },
    rules: { 'no-undef': 'off', 'no-unused-vars': 'off', 'no-redeclare': 'off' },
  },
  {
    plugins: { ganglion },
    files: ['src/**/*.ts', 'assembly/**/*.ts'],
    ignores: forNode,
    rules: { 'ganglion/determinism': 'error' },
  },
  { files: ['src/train/**'], rules: { 'ganglion/determinism': ['error', { clock: true }] } },
)
