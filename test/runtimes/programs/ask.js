// What a runtime can be asked, and its answer, which is JSON. Every host below hands its question on to this.
import { begin, resume } from './moves.js'
import { prepared } from './pictures.js'
import { benched, speed, tryOut } from './program.js'
import { standalone } from './standalone.js'
import { streamed } from './streamed.js'

export async function ask(ganglion, question) {
  switch (question.what) {
    case 'bench': return benched(await ganglion.bench(), question)
    case 'speed': return { speed: await speed(ganglion, question.seconds) }
    case 'verify': return ganglion.verify({ threads: question.threads, wide: question.wide, recipes: question.recipes })
    case 'standalone': return standalone(ganglion)
    case 'pictures': return prepared(await ganglion.pictures(), question)
    case 'streamed': return streamed(ganglion, question)
    case 'begin': return begin(ganglion, question)
    case 'resume': return resume(ganglion, question)
    default: return tryOut(ganglion, question)
  }
}
