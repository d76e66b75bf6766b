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

/** A momentum. */
export function belowOne(text: string): number {
  const x = /^\d*\.?\d+$/.test(text) ? Number(text) : NaN
  if (!(x < 1)) throw new RangeError('a number from 0 on and below 1')
  return x
}
