// What users see as `options`. Apart from the rules themselves: of modules that an object names, bundlers keep all.
export * from '../options.ts'
