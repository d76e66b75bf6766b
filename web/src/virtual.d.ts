declare module 'virtual:models' {
  const models: readonly import('./state/facts.ts').ModelFacts[]
  export default models
}
