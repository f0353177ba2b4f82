// Unpacks the browser of the npm package into the system's temporary folder (TMPDIR) and prints its path.
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

import chromium, { inflate } from '@sparticuz/chromium'

chromium.setGraphicsMode = false
const entry = createRequire(import.meta.url).resolve('@sparticuz/chromium')
// The libraries that a slim machine lacks; used only where the browser does not start without them.
await inflate(join(dirname(entry), '..', 'bin', 'al2023.tar.br'))
console.log(await chromium.executablePath())
