// The worker's file that `createTrainer` starts: it makes the models of the package.
import { autoencoder } from '../models/autoencoder.ts'
import { dcgan } from '../models/dcgan.ts'
import { gan } from '../models/gan.ts'
import { vae } from '../models/vae.ts'
import { serveTrainer } from './serve.ts'

serveTrainer({ autoencoder, dcgan, gan, vae })
