// The map page on a demo as people start it: laid, served and fed by the program itself. Started by
// tests/it/pages_demo.rs, which names the server in the environment.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { assertClean, drawn, painted, shoot, tooWide, until } from './checks.mjs'
import { DESK, launch, openPage, PHONE } from './chromium.mjs'

const URL_OF = process.env.PARKPULSE_URL
const json = async (path) => (await fetch(URL_OF + path)).json()

let browser
/** A period with figures: a short history lies in the running month, or in the one before. */
let period
let parcel
before(async () => {
  browser = await launch()
  const { periods } = await json('/api/v1/periods')
  for (const bar of [...periods].reverse()) {
    const map = await json(`/api/v1/map?p=${bar.period}`)
    const cell = map.cells.find((one) => one.state === 'value' && one.enterprises.length === 1)
    if (!cell) continue
    period = bar.period
    parcel = cell.parcel
    break
  }
  assert.ok(parcel, 'some parcel has a figure')
})
after(() => browser.close())

async function on(path, viewport, act) {
  const { page, faults, context } = await openPage(browser, viewport)
  try {
    await page.goto(URL_OF + path)
    await drawn(page)
    await act(page)
    await assertClean(page, faults)
  } finally {
    await context.close()
  }
}

test('the first look: coloured parcels, a total with its division, a legend that adds up', () =>
  on(`/map?p=${period}`, DESK, async (page) => {
    await painted(page)
    await page.getByText(/全园 [\d,.]+ kWh\/亩（[\d,.]+ kWh ÷ [\d,.]+ 亩，\d+ 宗，\d+ 户中 \d+ 户有数）/).waitFor()
    const counts = await page.locator('[aria-label^="图例"] button').allInnerTexts()
    const all = counts.filter((text) => !text.includes('缺数')).reduce((sum, text) => sum + Number(/(\d+) 宗/.exec(text)[1]), 0)
    assert.equal(all, (await json(`/api/v1/map?p=${period}`)).cells.length)
    await shoot(page, 'demo-desk')
  }))

test('a row opens its card: the value, what it is made of, down to the registers', () =>
  on(`/map?p=${period}`, DESK, async (page) => {
    await page.locator(`[data-row="${parcel}"]`).click()
    const value = page.locator('[data-card] [data-value]')
    await value.filter({ hasText: /^[\d,]+\.\d\d$/ }).waitFor()
    await page.getByRole('button', { name: '看表底' }).click()
    await page.locator('[data-source] tbody tr').first().waitFor()
    const inputs = await page.locator('[data-source] dd').nth(2).innerText()
    const [kwh, mu] = inputs.match(/[\d,.]+(?= (kWh|亩))/g).map((text) => Number(text.replace(/,/g, '')))
    const shown = Number((await value.innerText()).replace(/,/g, ''))
    assert.ok(Math.abs(kwh / mu - shown) < 0.02 + shown * 0.0001, `${kwh} ÷ ${mu} is not ${shown}`)
    await shoot(page, 'demo-desk-card')
  }))

test('live values arrive by themselves', () =>
  on(`/map?p=${period}&s=${parcel}`, DESK, async (page) => {
    await page.locator('.dot:not(.hollow)').waitFor()
    const latest = page.locator('[data-card] [data-meter]')
    await latest.first().waitFor()
    const before = await latest.allInnerTexts()
    await until(async () => (await latest.allInnerTexts()).some((text, at) => text.replace(/ · .*$/s, '') !== before[at].replace(/ · .*$/s, '')), 'a live value', 60_000)
    await page.locator('[data-card] [data-fresh="on_time"]').first().waitFor()
  }))

test('other layers of the demo, and the page on a phone', async () => {
  for (const k of ['load_per_mu', 'freshness']) {
    await on(`/map?k=${k}`, DESK, async (page) => {
      await painted(page)
      await shoot(page, `demo-${k}`)
    })
  }
  await on(`/map?p=${period}`, PHONE, async (page) => {
    await shoot(page, 'demo-phone-list')
    await page.getByRole('group', { name: '看表还是看图' }).getByRole('button', { name: '地图' }).click()
    await painted(page)
    assert.ok((await tooWide(page)) <= 0)
    await shoot(page, 'demo-phone-map')
  })
})

test('one click makes one the bureau, whose line and page are its own', () =>
  on(`/map?p=${period}`, DESK, async (page) => {
    await page.getByRole('button', { name: /本机值班|园区运营/ }).click()
    const gone = page.waitForEvent('load')
    await page.getByRole('button', { name: '市工信局' }).click()
    await gone
    await page.getByRole('button', { name: /市工信局/ }).first().waitFor()
    await drawn(page)
    await page.locator('.dot:not(.hollow)').waitFor()
    await page.locator('[data-layer="tax_per_mu"][aria-disabled="false"]').waitFor()
  }))
