// The page of the API on a real demo: every operation is there, a word finds it, a link opens it, at
// both widths. Started by tests/it/api_page.rs.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { assertClean, shoot, smallTargets, tooWide } from './checks.mjs'
import { DESK, launch, openPage, PHONE } from './chromium.mjs'

const world = JSON.parse(process.env.PARKPULSE_WORLD)
let browser
before(async () => (browser = await launch()))
after(() => browser.close())

async function on(path, viewport, act) {
  const { page, faults, context } = await openPage(browser, viewport)
  try {
    await page.goto(world.url + path)
    await act(page)
    await assertClean(page, faults)
  } finally {
    await context.close()
  }
}

test('every operation is there, a word finds it, and its example can be copied', () =>
  on('/help/api', DESK, async (page) => {
    const described = await (await fetch(`${world.url}/api/openapi.json`)).json()
    const ids = Object.values(described.paths).flatMap((item) => Object.values(item).map((one) => one.operationId))
    await page.locator('[data-operation]').first().waitFor()
    const shown = await page.locator('[data-operation]').evaluateAll((all) => all.map((one) => one.dataset.operation))
    assert.deepEqual(shown.toSorted(), ids.toSorted())
    await shoot(page, 'api-desk')
    await page.getByRole('searchbox').fill('台账 csv')
    assert.deepEqual(await page.locator('[data-operation]').evaluateAll((all) => all.map((one) => one.dataset.operation)), ['ledger_csv'])
    assert.match(page.url(), /\?q=/)
    await page.locator('[data-operation] summary').click()
    const line = await page.locator('[data-line]').innerText()
    assert.match(line, /curl[\s\S]*\/api\/v1\/ledgers\/91320583DEM000001N\/table\.csv\?month=\d{4}-\d\d'/)
    assert.match(page.url(), /#ledger_csv$/)
    await page.getByRole('searchbox').fill('没有这样的')
    await page.getByText('没有符合的操作').waitFor()
  }))

test('a link opens its operation, with parameters, rights, body and answers', async () => {
  for (const viewport of [DESK, PHONE]) {
    await on('/help/api#check_ledger', viewport, async (page) => {
      const card = page.locator('[data-operation=check_ledger]')
      await card.getByText('谁可以：').waitFor()
      await card.getByText('本企业 · 办').waitFor()
      await card.getByText('verdict: confirmed | questioned').first().waitFor()
      await page.waitForFunction(() => document.querySelector('[data-operation=check_ledger]').getBoundingClientRect().top < 300)
      assert.ok((await tooWide(page)) <= 0)
      if (viewport === PHONE) assert.deepEqual(await smallTargets(page), [])
      await shoot(page, viewport === PHONE ? 'api-phone' : 'api-open')
    })
  }
})

test('in English, too', () =>
  on('/help/api?q=ledger#ledger', DESK, async (page) => {
    await page.getByRole('button', { name: 'English' }).first().click()
    await page.getByText('Who may:').waitFor()
    await page.getByText('The energy ledger of a month, in one answer').first().waitFor()
    await shoot(page, 'api-english')
  }))
