// Two periods side by side: one legend, one view, the difference in the table.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { start } from '../fixture/server.mjs'
import { assertClean, drawn, shoot, until } from './checks.mjs'
import { DESK, launch, openPage, PHONE } from './chromium.mjs'

let browser
before(async () => {
  browser = await launch()
})
after(() => browser.close())

async function on(path, viewport, act) {
  const server = await start({ now: '2026-11-22T09:46:00+08:00', role: 'operator' })
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
const choose = async (page, name, option) => {
  await page.locator('.el-select', { hasText: name }).first().click()
  await page.getByRole('option', { name: option, exact: true }).click()
}
/** How many points of each colour a canvas shows. */
const points = (page, which) =>
  page.evaluate((which) => {
    const canvas = document.querySelector(`${which} canvas`)
    if (!canvas || canvas.width === 0) return {}
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
    const found = {}
    for (let at = 0; at < data.length; at += 4) {
      const key = [data[at], data[at + 1], data[at + 2]].join(' ')
      found[key] = (found[key] ?? 0) + 1
    }
    return found
  }, which)
const HIGHEST = '153 52 4'
const LOWEST = '255 255 212'

test('side by side: the breaks of the first hold for both, and Back undoes it', () =>
  on('/map?c=2026-09', DESK, async (page, server) => {
    await page.getByText('颜色是差值').waitFor()
    await choose(page, '看法', '并排')
    await until(() => query(page) === '?c=2026-09&d=side', 'the address')
    await page.locator('[data-pair-strip]').waitFor()
    await until(async () => (await points(page, '[data-map-beside]'))[LOWEST] > 1000, 'the second map')
    const asked = server.asked().map((one) => one.path)
    assert.ok(asked.some((one) => /map\?.*p=2026-09.*m=f:860,1700,2600,3400/.test(decodeURIComponent(one))), asked.join('\n'))
    const [left, right] = [await points(page, '[data-map]'), await points(page, '[data-map-beside]')]
    // The month before has everybody a class lower: the highest colour is not there.
    assert.ok(left[HIGHEST] > 1000, String(left[HIGHEST]))
    assert.ok((right[HIGHEST] ?? 0) === 0 && right[LOWEST] > left[LOWEST])
    const text = await page.locator('[data-pair-strip]').innerText()
    assert.match(text, /kWh\/亩[\s\S]*宗数：2026年10月 · 2026年9月[\s\S]*小于 860[\s\S]*3,400 及以上\n\d+ · 0 宗/)
    const heads = await page.locator('th button').allInnerTexts()
    assert.deepEqual(heads.map((head) => head.split(/\s/)[0]).slice(3), ['亩均用电', '对比期', '差值', '差值'])
    await shoot(page, 'side-desk')
    await page.goBack()
    await page.getByText('颜色是差值').waitFor()
    assert.equal(query(page), '?c=2026-09')
  }))

test('both move and zoom as one', () =>
  on('/map?c=2026-09&d=side', DESK, async (page) => {
    await until(async () => (await points(page, '[data-map-beside]'))[LOWEST] > 1000, 'the second map')
    const before = [await points(page, '[data-map]'), await points(page, '[data-map-beside]')]
    await page.locator('[data-map-beside]').focus()
    await page.keyboard.press('+')
    await page.keyboard.press('+')
    await until(() => /&z=/.test(query(page)), 'the address')
    // Zoomed in, both show other points than before.
    await until(async () => (await points(page, '[data-map]'))[HIGHEST] !== before[0][HIGHEST], 'the first map')
    await until(async () => (await points(page, '[data-map-beside]'))[LOWEST] !== before[1][LOWEST], 'the second map')
    await page.keyboard.press('0')
    await until(() => query(page) === '?c=2026-09&d=side', 'the whole park')
    await page.locator('[data-row="WJ-002"]').click()
    await page.waitForURL(/s=WJ-002/, { waitUntil: 'commit' })
  }))

test('each side is taken away as a picture by the same breaks, both in the table', () =>
  on('/map?c=2026-09&d=side', DESK, async (page) => {
    await page.locator('[data-pair-strip]').waitFor()
    await page.getByRole('button', { name: '导出' }).click()
    const links = await page.locator('a.take').evaluateAll((all) => all.map((one) => decodeURIComponent(one.getAttribute('href'))))
    const png = links.filter((one) => one.startsWith('/api/v1/map.png'))
    assert.deepEqual(png.map((one) => /p=([\d-]+)/.exec(one)[1]), ['2026-10', '2026-09'])
    assert.ok(png.every((one) => one.includes('m=f:860,1700,2600,3400') && !one.includes('c=')), png.join('\n'))
    const xlsx = links.filter((one) => one.startsWith('/api/v1/map.xlsx'))
    assert.equal(xlsx.length, 1)
    assert.match(xlsx[0], /c=2026-09/)
    await page.keyboard.press('Escape')
  }))

test('no comparison, no two maps; on a phone one above the other', async () => {
  await on('/map?d=side', DESK, async (page) => {
    assert.equal(query(page), '')
    assert.equal(await page.locator('[data-pair]').count(), 0)
  })
  await on('/map?c=2026-09&d=side', PHONE, async (page) => {
    await page.getByRole('button', { name: '地图', exact: true }).first().click()
    await until(async () => (await points(page, '[data-map-beside]'))[LOWEST] > 500, 'the second map')
    const [one, other] = [await page.locator('[data-map]').boundingBox(), await page.locator('[data-map-beside]').boundingBox()]
    assert.ok(other.y >= one.y + one.height && Math.abs(one.x - other.x) < 2)
    await shoot(page, 'side-phone')
  })
})
