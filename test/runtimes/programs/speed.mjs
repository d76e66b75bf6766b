// Training steps a second on one thread in a process: the reference that other runtimes' speed is told by.
import * as ganglion from 'ganglion'
import { speed } from './program.js'

console.log(await speed(ganglion, Number(process.argv[2])))
