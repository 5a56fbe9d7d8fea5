// Surfaces on the map page: a layer of its own that says what it is not for, in hand and keyboard.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { start } from '../fixture/server.mjs'
import { assertClean, coloursOnMap, drawn, shoot, smallTargets, until } from './checks.mjs'
import { DESK, launch, openPage, PHONE } from './chromium.mjs'

const WARNING = '仅供看趋势，不作评价依据'
const YELLOW = [0xdf, 0xe3, 0x18]

let browser
before(async () => {
  browser = await launch()
})
after(() => browser.close())

async function on(trouble, path, viewport, act) {
  const server = await start({ now: '2026-11-22T09:46:00+08:00', role: 'operator', ...trouble })
  const { page, faults, context } = await openPage(browser, viewport)
  try {
    await page.goto(server.url + path)
    await drawn(page)
    await act(page, server)
    await assertClean(page, faults)
  } finally {
    await context.close()
    await server.stop()
  }
}

const query = (page) => new URL(page.url()).search
const strip = (page) => page.locator('[data-surface-strip]')
/** Whether some pixel of the map has that colour. */
const shows = (page, [red, green, blue]) =>
  page.evaluate(
    ([red, green, blue]) =>
      [...document.querySelectorAll('[data-map] canvas')].some((canvas) => {
        const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
        for (let at = 0; at < data.length; at += 4) if (data[at] === red && data[at + 1] === green && data[at + 2] === blue) return true
        return false
      }),
    [red, green, blue],
  )

test('a surface is a layer of its own, says what it is not for, and Back undoes it', () =>
  on({}, '/map', DESK, async (page) => {
    assert.equal(await shows(page, YELLOW), false)
    await page.locator('[data-surface="load_per_mu"]').focus()
    await page.keyboard.press('Enter')
    await strip(page).getByText(WARNING).waitFor()
    await until(() => shows(page, YELLOW), 'the bands')
    assert.equal(query(page), '?k=load_per_mu&w=kernel')
    assert.equal(await page.locator('[data-surface="load_per_mu"]').getAttribute('aria-pressed'), 'true')
    assert.equal(await page.locator('[data-layer="load_per_mu"]').getAttribute('aria-pressed'), 'false')
    assert.match(await page.title(), /负荷面/)
    assert.equal(await page.locator('h1 + .tag').innerText(), WARNING)
    assert.match(await strip(page).innerText(), /kW\/亩[\s\S]*等间距 5 级[\s\S]*小于 2[\s\S]*占 20\.0%[\s\S]*16 及以上[\s\S]*由 3 宗的用量做成/)
    await shoot(page, 'surface-desk')
    await page.goBack()
    await until(async () => !(await shows(page, YELLOW)), 'the parcels')
    assert.equal(await strip(page).count(), 0)
  }))

test('way, bandwidth and classes are chosen, and exports are of what is seen', () =>
  on({}, '/map?k=load_per_mu&w=kernel', DESK, async (page, server) => {
    await strip(page).getByText(WARNING).waitFor()
    await strip(page).locator('.el-select').nth(0).click()
    await page.getByRole('option', { name: '反距离加权' }).click()
    await until(() => query(page) === '?k=load_per_mu&w=inverse', 'the way')
    await until(async () => /kW\s+等间距/.test(await strip(page).innerText()), 'the unit')
    await strip(page).locator('.el-select').nth(1).click()
    await page.getByRole('option', { name: '200 m' }).click()
    await until(() => query(page) === '?k=load_per_mu&w=inverse&h=200', 'the reach')
    await until(() => server.asked().some((one) => /surface\?.*w=inverse&h=200&m=e5&r=viridis/.test(one.path)), 'the question')
    await page.getByRole('button', { name: '导出' }).click()
    const links = await page.locator('a.take').evaluateAll((all) => all.map((one) => one.getAttribute('href')))
    assert.deepEqual(links.map((one) => one.split('?')[0]), ['/api/v1/surface.svg', '/api/v1/surface.png', '/api/v1/surface.pdf', '/api/v1/surface.geojson', '/api/v1/map.xlsx', '/api/v1/surface.csv'])
    assert.match(links[0], /k=load_per_mu&w=inverse&h=200&m=e5&r=viridis/)
    await page.keyboard.press('Escape')
    // The map of parcels again: its own classes.
    await page.locator('[data-layer="load_per_mu"]').click()
    await until(() => query(page) === '?k=load_per_mu', 'the parcels')
  }))

test('an enterprise is told why there is none, and a refusal is said in words', async () => {
  await on({ role: 'enterprise' }, '/map?k=load_per_mu', DESK, async (page) => {
    // Greyed, and still there for the keyboard.
    await page.locator('[data-surface="load_per_mu"]').focus()
    await page.keyboard.press('Enter')
    await page.getByRole('status').getByText('面由全园各户的量做成').waitFor()
    assert.equal(query(page), '?k=load_per_mu')
  })
  await on({ over: { surface: { bands: [], spots: [], withheld: ['WJ'] } } }, '/map?k=kwh_per_mu&w=kernel', DESK, async (page) => {
    await strip(page).getByText('不足 3 户，或一户超过 80%，不作面').waitFor()
    await until(async () => (await coloursOnMap(page)) > 3, 'the outlines')
    assert.equal(await shows(page, YELLOW), false)
  })
})

test('what cannot be spread has no surface in its address', () =>
  on({}, '/map?k=grade&w=kernel&h=100', DESK, async (page) => {
    assert.equal(query(page), '?k=grade')
    assert.equal(await strip(page).count(), 0)
  }))

test('on a phone the strip can be touched', () =>
  on({}, '/map?k=load_per_mu&w=kernel', PHONE, async (page) => {
    await page.getByRole('button', { name: '地图', exact: true }).first().click()
    await strip(page).getByText(WARNING).waitFor()
    await until(() => shows(page, YELLOW), 'the bands')
    await shoot(page, 'surface-phone')
    assert.deepEqual(await smallTargets(page), [])
  }))
