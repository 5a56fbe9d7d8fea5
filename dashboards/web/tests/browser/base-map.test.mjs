// The customer's base map under the parcels: off until switched on, the right tiles, GCJ-02 put right at
// the edge, its words, and the map that goes on without it. Its host is a small server of tiles.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { after, before, test } from 'node:test'
import { start } from '../fixture/server.mjs'
import { assertClean, drawn, keysShown, shoot, smallTargets, tooWide, until } from './checks.mjs'
import { DESK, launch, openPage, PHONE } from './chromium.mjs'

const vectors = JSON.parse(await readFile(new URL('../../../../tests/data/vectors.json', import.meta.url), 'utf8'))
const HALF_EARTH = 20037508.342789244

let browser
before(async () => (browser = await launch()))
after(() => browser.close())

/** A server of tiles that writes down what it was asked for; each tile says which it is. */
async function tileServer(broken = () => false) {
  const asked = []
  const server = createServer((request, response) => {
    asked.push(request.url)
    if (broken(asked.length)) return response.writeHead(404).end()
    const name = request.url.split('?')[0]
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="256" height="256"><rect width="256" height="256" fill="#dfe8d4" stroke="#b33" stroke-width="4"/><text x="16" y="130" font-size="22" fill="#b33">${name}</text></svg>`
    response.writeHead(200, { 'content-type': 'image/svg+xml' }).end(svg)
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${server.address().port}`
  return { url, asked, stop: () => new Promise((resolve) => (server.closeAllConnections(), server.close(resolve))) }
}

const base = (host, over = {}) => ({ kind: 'tiles', url: `${host}/{z}/{x}/{y}`, attribution: '示例测绘院', approval: 'GS(2024)0000号', system: 'EPSG:3857', zoom_min: 3, zoom_max: 18, corners: null, ...over })

async function on({ over, broken, path, viewport = DESK, may = () => false }, act) {
  const tiles = await tileServer(broken)
  const server = await start({ now: '2026-11-22T09:46:00+08:00', base: base(tiles.url, over?.(tiles.url)) })
  const { page, faults, context } = await openPage(browser, viewport)
  try {
    await page.goto(server.url + path)
    await drawn(page)
    await act(page, tiles)
    await assertClean(page, faults.filter((fault) => !may(fault)))
    assert.deepEqual(await keysShown(page), [])
  } finally {
    await context.close()
    await server.stop()
    await tiles.stop()
  }
}

const query = (page) => new URL(page.url()).search
const button = (page) => page.locator('[data-base] button')
/** In tiles of zoom `z`, counted from the north west. */
const tileOf = ([longitude, latitude], z) => {
  const north = (Math.log(Math.tan(((90 + latitude) * Math.PI) / 360)) / Math.PI) * HALF_EARTH
  return [((longitude / 360) + 0.5) * 2 ** z, (0.5 - north / (2 * HALF_EARTH)) * 2 ** z]
}
/** The middle of all tiles that were asked for, in tiles. */
function middleOf(asked, z) {
  const all = asked.map((path) => path.split('/').slice(1).map(Number)).filter(([zoom]) => zoom === z)
  assert.ok(all.length >= 6, `few tiles of zoom ${z}: ${asked}`)
  const mean = (at) => all.reduce((sum, one) => sum + one[at], 0) / all.length + 0.5
  return [mean(1), mean(2)]
}
/** Nothing more was asked for during half a second. */
async function settled(tiles) {
  for (let before = -1; before !== tiles.asked.length; ) {
    before = tiles.asked.length
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
}
const AT = vectors.gcj02.wgs84.join(',')
/** Metres a CSS px of zoom 18 there. */
const FINE = ((2 * HALF_EARTH) / 2 ** 18 / 256) * Math.cos((31.3856 * Math.PI) / 180)

test('nothing is asked for outside until it is switched on; the switch remembers itself; its words stand on the map', () =>
  on({ path: `/map?z=${AT},2` }, async (page, tiles) => {
    assert.equal(await button(page).getAttribute('aria-pressed'), 'false')
    assert.equal(await page.locator('[data-attribution]').count(), 0)
    // Moved about, and still nobody outside was asked.
    await page.locator('[data-map]').focus()
    await page.keyboard.press('+')
    await page.keyboard.press('-')
    assert.deepEqual(tiles.asked, [])
    await button(page).click()
    await until(() => tiles.asked.length > 5, 'the tiles')
    assert.match(query(page), /[?&]g=grade,base(&|$)/)
    assert.equal(await page.locator('[data-attribution]').innerText(), '示例测绘院 · 审图号：GS(2024)0000号')
    assert.match(await button(page).getAttribute('title'), /下载和打印的图不含底图/)
    await shoot(page, 'base-map')
    // Another layer keeps it; Back undoes the switch.
    await page.locator('[data-layer="freshness"]').click()
    await until(() => /k=freshness.*g=grade,base/.test(query(page)), 'the other layer')
    await page.goBack()
    await page.goBack()
    await until(async () => (await page.locator('[data-attribution]').count()) === 0, 'the switch')
    const before = tiles.asked.length
    await page.locator('[data-map]').focus()
    await page.keyboard.press('+')
    await until(() => !query(page).includes('base'), 'the address')
    assert.equal(tiles.asked.length, before)
  }))

for (const [system, where, name] of [['EPSG:3857', vectors.gcj02.wgs84, 'web Mercator'], ['GCJ-02', vectors.gcj02.gcj02, 'GCJ-02']]) {
  test(`${name}: the tiles around the middle are those of that place`, () =>
    on({ path: `/map?g=grade,base&z=${AT},${FINE.toFixed(4)}`, over: () => ({ system }) }, async (page, tiles) => {
      await until(() => tiles.asked.length > 8, 'the tiles')
      await settled(tiles)
      const [wanted, got] = [tileOf(where, 18), middleOf(tiles.asked, 18)]
      // 468 m are 3.6 tiles there: three to the east, two to the south.
      for (const axis of [0, 1]) assert.ok(Math.abs(wanted[axis] - got[axis]) < 1, `${wanted} ${got}`)
      await shoot(page, `base-map-${system === 'GCJ-02' ? 'gcj02' : 'wgs84'}`)
    }))
}

test('WMTS with parameters, and never finer than it has tiles', () =>
  on({ path: `/map?g=class,base&z=${AT},0.3`, over: (host) => ({ url: `${host}/wmts?LAYER=vec&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}`, zoom_max: 16 }) }, async (page, tiles) => {
    await until(() => tiles.asked.length > 0, 'the tiles')
    await settled(tiles)
    const [column, row] = tileOf(vectors.gcj02.wgs84, 16).map(Math.floor)
    assert.ok(tiles.asked.includes(`/wmts?LAYER=vec&TILEMATRIX=16&TILEROW=${row}&TILECOL=${column}`), String(tiles.asked))
    assert.ok(tiles.asked.every((path) => path.includes('TILEMATRIX=16&')), String(tiles.asked))
  }))

test('one picture with its corners is asked for once', () =>
  on({ path: '/map?g=grade,base', over: (host) => ({ kind: 'image', url: `${host}/park.svg`, corners: [120.95, 31.37, 121.02, 31.41] }) }, async (page, tiles) => {
    await until(() => tiles.asked.length > 0, 'the picture')
    await page.locator('[data-map]').focus()
    await page.keyboard.press('+')
    await settled(tiles)
    assert.deepEqual(tiles.asked, ['/park.svg'])
    await shoot(page, 'base-map-image')
  }))

test('tiles that do not come are said in words, and the map goes on', () =>
  on({ path: `/map?g=grade,base&z=${AT},2`, broken: (count) => count % 2 === 0, may: (fault) => fault.includes('404') }, async (page) => {
    const told = page.locator('[data-base-missing]')
    await told.waitFor()
    assert.match(await told.innerText(), /^底图有 \d+ 块没有取到（共取 \d+ 块）。地块和数值不受影响。/)
    await page.locator('[data-row]').first().click()
    await until(() => /[?&]s=/.test(query(page)), 'the selection')
    await shoot(page, 'base-map-missing')
    await button(page).click()
    await until(async () => (await told.count()) === 0, 'the sentence to go')
  }))

test('on a phone it fits', () =>
  on({ path: `/map?g=grade,base&z=${AT},2`, viewport: PHONE }, async (page, tiles) => {
    await page.getByRole('button', { name: '地图', exact: true }).click()
    await until(() => tiles.asked.length > 3, 'the tiles')
    assert.equal(await tooWide(page), 0)
    assert.deepEqual(await smallTargets(page), [])
    await shoot(page, 'base-map-phone')
  }))
