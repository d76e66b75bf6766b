// usage: var.mjs name passes...
import {readFileSync} from 'fs'
import {execFileSync} from 'child_process'
import zlib from 'zlib'
import {ordered} from './order.mjs'
import {withoutData} from './sections.mjs'
process.chdir('/work/wt-size')
const [name,...args]=process.argv.slice(2)
import {readdirSync} from 'fs'
const K=readdirSync('assembly/kernels').sort().map(f=>'assembly/kernels/'+f)
execFileSync(process.execPath,['node_modules/assemblyscript/bin/asc.js','assembly/tape.ts',...K,'--target','simd','-o','/tmp/sz/'+name+'.wasm',...args],{stdio:'inherit'})
const b=withoutData(readFileSync('/tmp/sz/'+name+'.wasm'));const d=x=>zlib.deflateRawSync(x,{level:9}).length
console.log(name,b.length,d(b),'ordered',d(ordered(b)))
