declare module 'virtual:models' {
  const models: readonly import('./state/facts.ts').ModelFacts[]
  export default models
}
declare module 'virtual:software' {
  const software: import('../plugins/software.ts').Software
  export default software
}
