// The entry `ganglion/swarm`: a step's work as tasks that anybody can compute, what adds them up, and the loop that trains by it.
export { createWork, type StepWork, type Task, type WorkOptions } from './work.ts'
export type { Layout, Reduced, Reduction } from './reduction.ts'
export type { Crew } from './crew.ts'
export { localCrew } from './local_crew.ts'
export { inRounds, type RoundOptions } from '../models/rounds.ts'
export { type Helper, type HelperState, join, type JoinOptions } from './join.ts'
export { type TogetherOptions, trainTogether } from './train.ts'
