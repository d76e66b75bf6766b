// The program in a CommonJS file: `require` of a module, which Node knows since 20.19.
const ganglion = require('ganglion')
const { tryOut } = require('./program.js')

void tryOut(ganglion, JSON.parse(process.argv[2] ?? '{}')).then((report) => console.log(JSON.stringify(report)))
