// Layers without more or less: land state, and values beyond limits; on the map, in table, legend, card,
// by hand and address. And a comparison with a period without data.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { map } from '../fixture/park.mjs'
import { start } from '../fixture/server.mjs'
import { assertClean, drawn, keysShown, shoot, smallTargets, tooWide, until } from './checks.mjs'
import { DESK, launch, openPage, PHONE } from './chromium.mjs'

let browser
before(async () => (browser = await launch()))
after(() => browser.close())

const LAND = { working: '#93c3e6', unused: '#d97706', construction: '#f6d860', vacant: '#e8dcc8', public: '#b3d9b0', contrary: '#7b3294', other: '#c9bfdb' }
const LIMITS = { beyond_now: '#b85c00', beyond_before: '#f4c98e', within: '#e3edf3' }

/** The park in a layer of categories. */
function categories(indicator, colours, of) {
  const usual = map()
  const cells = usual.cells.map((cell, index) => ({ ...cell, value: null, class: null, rank: null, completeness: null, change: null, state: 'value', ...of(cell, index) }))
  const legend = Object.entries(colours).map(([category, colour]) => ({ category, colour, ink: ['contrary', 'beyond_now'].includes(category) ? '#ffffff' : '#17212b', count: cells.filter((cell) => cell.category === category).length }))
  const layers = [...usual.layers, { indicator: 'land_state', shown: 'value' }, { indicator: 'beyond_limits', shown: 'value' }]
  const none = { value: null, numerator: '0', numerator_unit: '', denominator: '0', denominator_unit: '', parcels: 60, enterprises: null, enterprises_all: null, figure: null }
  return { indicator, layers, cells, unit: '', period: 'now', closed: false, closes_at: null, factor: null, revision: null, classified: false, breaks: [], compared: null, total: none, completeness: null, source: indicator === 'land_state' ? 'registered' : 'quarantine', legend: { ...usual.legend, classes: [], categories: legend, incomplete: 0, no_data: 0, not_counted: 0 } }
}
const land = () => categories('land_state', LAND, (cell, index) => ({ category: cell.enterprises.length === 0 ? (index % 2 ? 'vacant' : 'public') : index === 3 ? 'contrary' : 'working' }))
const limits = () => categories('beyond_limits', LIMITS, (_, index) => (index === 3 ? { category: 'beyond_now', beyond: 12, beyond_day: 4 } : index === 5 ? { category: 'beyond_before', beyond: 2, beyond_day: 0 } : { category: 'within', beyond: 0, beyond_day: 0 }))

async function on(over, path, viewport, act) {
  const server = await start({ now: '2026-11-22T09:46:00+08:00', role: 'operator', over, less: over.against ? over : {} })
  const { page, faults, context } = await openPage(browser, viewport)
  try {
    await page.goto(server.url + path)
    await drawn(page)
    await act(page, server)
    await assertClean(page, faults)
    assert.deepEqual(await keysShown(page), [])
  } finally {
    await context.close()
    await server.stop()
  }
}
const query = (page) => new URL(page.url()).search
const row = (page, parcel) => page.locator(`[data-row="${parcel}"]`)

test('land state: characters, counts and words; a swatch filters map, table and files', () =>
  on(land(), '/map?k=land_state', DESK, async (page) => {
    assert.match(await page.locator('h1').innerText(), /用地现状/)
    assert.match(await page.locator('[data-category="contrary"]').innerText(), /核\s+登记空地，有企业\s+1 宗/)
    assert.match(await row(page, 'WJ-004').innerText(), /登记空地，有企业/)
    // Nothing of it is ranked, so there are no classes to choose and no ramp.
    assert.equal(await page.getByLabel('分级').count(), 0)
    await page.locator('[data-category="vacant"]').click()
    await until(() => query(page).includes('f=category:vacant'), 'the filter')
    assert.match(await page.locator('.table').innerText(), /共 60 宗/)
    await page.getByRole('button', { name: /导出/ }).click()
    const href = await page.locator('a[download="map.geojson"]').getAttribute('href')
    assert.match(decodeURIComponent(href), /f=category:vacant/)
    await page.keyboard.press('Escape')
    await shoot(page, 'land-state')
  }))

test('values beyond limits: how many, since when, and the way to their list', () =>
  on(limits(), '/map?k=beyond_limits', DESK, async (page) => {
    assert.match(await page.locator('.map-page .title').innerText(), /2 宗有超限值，其中 1 宗 24 小时内有/)
    // Most first.
    assert.equal(await page.locator('[data-row]').first().getAttribute('data-row'), 'WJ-004')
    assert.match(await row(page, 'WJ-004').innerText(), /超 12/)
    assert.match(await row(page, 'WJ-006').innerText(), /前 2/)
    await shoot(page, 'beyond-limits')
  }))

test('on a phone', () =>
  on(limits(), '/map?k=beyond_limits', PHONE, async (page) => {
    assert.equal(await tooWide(page), 0)
    assert.deepEqual(await smallTargets(page), [])
    await shoot(page, 'beyond-limits-phone')
  }))

test('a period without data is said to be without, not to have few parcels', () =>
  on({ against: '2024-09', against_known: false, classified: false, breaks: [], compared: null }, '/map?c=2024-09', DESK, async (page) => {
    assert.match(await page.locator('[data-no-base]').innerText(), /^2024年9月没有数，所以算不出差值/)
    assert.match(await page.locator('.legend').innerText(), /2024年9月没有数，算不出差值/)
    assert.equal((await page.locator('.map-page').innerText()).includes('样本少于 5 宗'), false)
  }))
