// In a CommonJS file: `require` of a module, which Node knows since 20.19.
const { readFileSync } = require('node:fs')
const ganglion = require('ganglion')
const { ask } = require('./ask.js')

void ask(ganglion, JSON.parse(readFileSync('question.json', 'utf8'))).then((answer) => console.log(JSON.stringify(answer)))
