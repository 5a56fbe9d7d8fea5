// 查看用途: the bureau is asked once what for it looks at tax and scores, before anything of it is asked
// of the server; others are never asked.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { start } from '../fixture/server.mjs'
import { assertClean, keysShown, shoot, smallTargets, tooWide, until } from './checks.mjs'
import { DESK, launch, openPage, PHONE } from './chromium.mjs'

const NOW = '2026-11-22T09:46:00+08:00'
let browser
before(async () => (browser = await launch()))
after(() => browser.close())

async function on(role, path, viewport, act) {
  const server = await start({ now: NOW, role, over: role === 'bureau' ? { layers: [{ indicator: 'tax_per_mu', shown: 'value' }, { indicator: 'kwh_per_mu', shown: 'value' }] } : {} })
  const { page, faults, context } = await openPage(browser, viewport, { purpose: '' })
  try {
    await page.goto(server.url + path)
    await act(page, server, faults)
  } finally {
    await context.close()
    await server.stop()
  }
}
const dialog = (page) => page.locator('[data-purpose]')
const asked = (server, part) => server.asked().filter(({ path }) => path.includes(part))

for (const [width, viewport] of [['desk', DESK], ['phone', PHONE]]) {
  test(`asked once before the first look, said with every question after it, ${width}`, () =>
    on('bureau', '/rating/2025', viewport, async (page, server, faults) => {
      await dialog(page).waitFor()
      assert.deepEqual(asked(server, '/ratings/2025'), [], 'nothing was asked yet')
      assert.ok((await tooWide(page)) <= 0)
      if (width === 'phone') assert.deepEqual((await smallTargets(page)).filter((one) => one.includes('purpose')), [])
      assert.deepEqual(await keysShown(page), [])
      await assertClean(page, faults)
      await shoot(page, `purpose-${width}`)
      await page.getByRole('radio', { name: '答复企业来访' }).check()
      await page.getByRole('button', { name: '继续' }).click()
      await page.locator('[data-unit]').first().waitFor()
      const said = asked(server, '/ratings/2025')
      assert.ok(said.length > 0 && said.every(({ purpose }) => decodeURIComponent(purpose) === '答复企业来访'))
      await page.getByRole('button', { name: '用途：答复企业来访' }).waitFor()
      await page.reload()
      await page.locator('[data-unit]').first().waitFor()
      assert.equal(await dialog(page).count(), 0, 'once a session')
      // A purpose of one's own words, from the top bar.
      await page.getByRole('button', { name: '用途：答复企业来访' }).click()
      await page.getByRole('radio', { name: '其他' }).check()
      await page.getByRole('button', { name: '继续' }).click()
      assert.equal(await dialog(page).count(), 1, 'an empty word is none')
      await page.getByRole('textbox', { name: '写明用途' }).fill('市长热线 12345 号')
      await page.getByRole('textbox', { name: '写明用途' }).press('Enter')
      await page.getByRole('button', { name: '用途：市长热线 12345 号' }).waitFor()
    }))
}

test('whoever says nothing looks at nothing of it', () =>
  on('bureau', '/rating/2025', DESK, async (page, server) => {
    await dialog(page).waitFor()
    await page.keyboard.press('Escape')
    await page.waitForURL('**/map*')
    await page.locator('[data-row]').first().waitFor()
    assert.deepEqual(asked(server, '/ratings/2025'), [])
    assert.equal(await dialog(page).count(), 0)
  }))

test('on the map the tax layer asks, the others do not; its files say the purpose, too', () =>
  on('bureau', '/map', DESK, async (page, server) => {
    await page.locator('[data-row]').first().waitFor()
    assert.equal(await dialog(page).count(), 0)
    await page.locator('[data-layer="tax_per_mu"]').click()
    await dialog(page).waitFor()
    assert.deepEqual(asked(server, 'k=tax_per_mu'), [])
    await page.getByRole('button', { name: '继续' }).click()
    await until(() => asked(server, '/map?k=tax_per_mu').length + asked(server, 'map?park=WJ&k=tax_per_mu').length > 0, 'the tax layer')
    await page.getByRole('button', { name: '导出' }).click()
    await page.locator('.take').last().click()
    await until(() => asked(server, '/api/v1/map.csv').length > 0, 'the file')
    for (const one of asked(server, 'k=tax_per_mu')) assert.equal(decodeURIComponent(one.purpose), '年度评价复核', one.path)
  }))

for (const [role, path] of [['operator', '/rating/2025'], ['enterprise', '/my'], ['public', '/rating/2025']]) {
  test(`${role} is not asked`, () =>
    on(role, path, DESK, async (page, server) => {
      await page.locator('tbody tr').first().waitFor()
      assert.equal(await dialog(page).count(), 0)
      assert.ok(server.asked().every(({ purpose }) => purpose === null))
    }))
}
