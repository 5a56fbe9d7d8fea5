// Ten thousand parcels: how long until the first map stands (screens.md 6, "Numbers"; issue 4: two
// seconds in software rendering).
//
// What is measured: Chromium without a GPU, its cache empty, from the beginning of the navigation
// until the frame with all parcels is drawn: code, fonts, answers, layout, painting. The answers come
// from the fixture's server, which has them ready, in the real server's shapes and sizes: what the
// real one takes to find them is measured by its own tests and on a release build, and not here, where
// it would be a debug build.
//
// The rule: the wall says two seconds, or, where others take more than a tenth of the machine
// meanwhile, all that the browser, this test and the server it holds computed on all cores is at most
// two seconds of CPU. A single quiet core would do that in two seconds: the waiting is not ours. The
// least of five looks counts, as what disturbs can only add.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { large } from '../fixture/park.mjs'
import { start } from '../fixture/server.mjs'
import { coloursOnMap, shoot } from './checks.mjs'
import { DESK, launch, openPage } from './chromium.mjs'
import { counting, quiet } from './cost.mjs'

const PARCELS = 10_000
const FIRST_MAP_MS = 2000
const LOOKS = 5
const QUIET = 0.1

let browser
let server
before(async () => {
  browser = await launch()
  server = await start({ parcels: large(PARCELS) })
})
after(async () => {
  await browser.close()
  await server.stop()
})

/** One look at the map in an empty browser. */
async function look(name) {
  const { page, context } = await openPage(browser, DESK)
  // A window of Chromium has pages of its own to show first.
  await quiet()
  const end = counting()
  await page.goto(`${server.url}/map`, { waitUntil: 'commit' })
  await page.waitForFunction(() => performance.getEntriesByName('first-map').length > 0, undefined, { polling: 50 })
  const { cpu, others } = end()
  const wall = await page.evaluate(() => performance.getEntriesByName('first-map')[0].startTime)
  if (name) {
    assert.ok((await coloursOnMap(page)) > 7, 'the map is not blank')
    assert.equal(Number(await page.locator('[data-map]').getAttribute('aria-label').then((text) => /[\d,]+/.exec(text)[0].replace(',', ''))), PARCELS)
    await shoot(page, name)
  }
  await context.close()
  return { wall, cpu, others }
}

test('ten thousand parcels: the first map within two seconds', async () => {
  // The first page of a browser pays for the browser.
  await look('fixture-large')
  const looks = []
  for (let at = 0; at < LOOKS; at += 1) looks.push(await look())
  const counted = looks.map(({ wall, cpu, others }) => (others > QUIET ? Math.min(wall, cpu) : wall))
  for (const [at, { wall, cpu, others }] of looks.entries()) console.log(`look ${at + 1}: ${Math.round(wall)} ms on the wall, ${cpu} ms of CPU, others took ${Math.round(100 * others)} % of the machine`)
  const best = Math.min(...counted)
  console.log(`first map of ${PARCELS} parcels: ${Math.round(best)} ms (at most ${FIRST_MAP_MS})`)
  assert.ok(best <= FIRST_MAP_MS, `${Math.round(best)} ms`)
})
