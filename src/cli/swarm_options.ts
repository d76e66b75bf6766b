// Options of the commands that speak to a nats-server.
import { PLAIN_NAME } from '../swarm/protocol.ts'

export function natsUrl(text: string): string {
  if (!/^(nats|tls):\/\/[^\s/]+\/?$/.test(text) || !URL.canParse(text)) {
    throw new RangeError('the address of a nats-server, such as nats://127.0.0.1:4222')
  }
  return text
}

export function runName(text: string): string {
  if (!PLAIN_NAME.test(text)) throw new RangeError('1 to 60 letters, digits, - and _')
  return text
}
