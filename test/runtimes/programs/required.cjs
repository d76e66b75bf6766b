// In a CommonJS file: `require` of a module, which Node knows since 20.19.
const { readFileSync } = require('node:fs')
const ganglion = require('ganglion')
const { verify } = require('ganglion/verify')
const { ask } = require('./ask.js')

const question = JSON.parse(readFileSync('question.json', 'utf8'))
void ask({ ...ganglion, verify }, question).then((answer) => console.log(JSON.stringify(answer)))
