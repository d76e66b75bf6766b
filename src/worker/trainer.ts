// The worker's file that `createTrainer` starts: it makes the models of the package.
import { models } from '../models/kinds.ts'
import { serveTrainer } from './serve.ts'

serveTrainer(models)
