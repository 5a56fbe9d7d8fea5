// Home, arrival, rating list and sources on a real demo, for each role: real figures that agree
// with the API, every figure opens to its source, nothing in the console. Started by
// tests/it/pages_city.rs, which names the server and whose pages are looked at.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { assertClean, keep, keysShown, shoot, smallTargets, tooWide } from './checks.mjs'
import { DESK, launch, openPage, PHONE, PURPOSE } from './chromium.mjs'

const URL_OF = process.env.PARKPULSE_URL
const { own, year, month } = JSON.parse(process.env.PARKPULSE_CITY)
const WIDTHS = [['desk', DESK], ['phone', PHONE]]

let browser
before(async () => (browser = await launch()))
after(() => browser.close())

/** Opens `path` as `role`, in a browser of its own. */
async function as(role, path, viewport, act) {
  const { page, faults, context } = await openPage(browser, viewport)
  try {
    const chosen = await context.request.post(`${URL_OF}/api/v1/session`, { data: role })
    assert.equal(chosen.status(), 200, await chosen.text())
    const json = async (address) => {
      // As a page asks: the bureau says what for.
      const answer = await context.request.get(URL_OF + address, { headers: { 'X-Purpose': encodeURIComponent(PURPOSE) } })
      assert.equal(answer.status(), 200, `${address}: ${await answer.text()}`)
      return answer.json()
    }
    await page.goto(URL_OF + path)
    await act(page, { json, context, faults })
    assert.deepEqual(await keysShown(page), [])
    assert.ok((await tooWide(page)) <= 0, `${path} is wider than its window`)
    if (viewport === PHONE) assert.deepEqual(await smallTargets(page), [])
    await assertClean(page, faults)
  } finally {
    await context.close()
  }
}
const CLERK = { role: 'enterprise', enterprise: own }
const has = (page, selector) => page.locator(selector).first().waitFor({ timeout: 20_000 })
const grouped = (digits) => digits.replace(/\B(?=(\d{3})+$)/g, ',')

/** Every figure of the page that opens, asked for its source; the value as shown is the whole one's begin or rounding. */
async function everyFigureOpens(page, json, atLeast) {
  const links = await page.locator('#page a.figure').evaluateAll((all) => all.map((one) => ({ href: one.getAttribute('href'), text: one.textContent.trim(), whole: one.title })))
  assert.ok(links.length >= atLeast, `${links.length} figures open, expected ${atLeast}`)
  for (const { href, text, whole } of links) {
    const source = await json(`/api/v1/sources/${href.replace('/src/', '')}`)
    const shown = Number(text.replace(/,/g, '').replace('−', '-'))
    if (whole) assert.equal(source.value, whole, href)
    if (!Number.isFinite(shown)) continue
    // A baseline opens to the grade, the points of a term to the total: there they stand among others.
    const told = [source.value, ...source.inputs.map((one) => one.value), ...(source.rating?.indicators ?? []).flatMap((one) => [one.baseline, one.median]), ...(source.rating?.groups ?? []).map((one) => one.median_total)]
    const places = text.split('.')[1]?.length ?? 0
    const candidates = ['grade', 'score'].includes(source.kind) ? told : [source.value]
    assert.ok(candidates.some((one) => one !== null && Math.abs(Number(one) - shown) <= 0.5 * 10 ** -places + 1e-9), `${href}: ${text} is not ${source.value}`)
  }
}

async function lines(context, address) {
  // As a page asks: the bureau says what for.
      const answer = await context.request.get(URL_OF + address, { headers: { 'X-Purpose': encodeURIComponent(PURPOSE) } })
  assert.equal(answer.status(), 200, address)
  assert.match(answer.headers()['content-type'], /^text\/csv/)
  const text = await answer.text()
  return text.replace(/^\ufeff/, '').split(/\r?\n/).filter(Boolean)
}

/** What the page's link to the last whole day gives: a head and a row a gateway, all of that day. */
async function dayToKeep(page, context) {
  const day = new Date(Date.now() + 8 * 3_600_000 - 86_400_000).toISOString().slice(0, 10)
  const href = await page.locator('[data-reconcile]').getAttribute('href')
  assert.equal(href, `/api/v1/reconcile.csv?day=${day}`)
  const rows = await lines(context, href)
  for (const row of rows.slice(1)) assert.ok(row.split(',')[1] === day && row.split(',')[10] === 'true', row)
  return rows
}

for (const [width, viewport] of WIDTHS) {
  test(`enterprise, ${width}: home shows its own meters, ledger and grade`, () =>
    as(CLERK, '/my', viewport, async (page, { json }) => {
      const arrival = await json('/api/v1/arrival')
      const ledger = await json(`/api/v1/ledgers/${own}`)
      await has(page, '[data-ledger] tbody tr')
      await has(page, '[data-grade] tbody tr')
      assert.equal(await page.locator('[data-meter]').count(), arrival.meters.length)
      const named = arrival.meters.filter((one) => one.name !== null)
      assert.equal(named.length, arrival.meters.length, 'a meter of the demo without a name')
      await page.locator('[data-meter] .name').getByText(named[0].name).first().waitFor()
      assert.equal(ledger.period, month)
      const kwh = ledger.rows.find((row) => row.kind === 'electricity_kwh')
      assert.equal(await page.locator('[data-kind="electricity_kwh"] .figure').innerText(), grouped(Number(kwh.value).toFixed(0)))
      await page.getByText(`用地 ${Number(ledger.land.value).toFixed(2)}`).or(page.locator('.head .figure')).first().waitFor()
      await everyFigureOpens(page, json, 4)
      await shoot(page, `demo-home-${width}`, { fullPage: true })
    }))

  test(`enterprise, ${width}: ledger, grade, arrival and quarantine of its own`, async () => {
    await as(CLERK, '/my/ledger', viewport, async (page, { json, context }) => {
      await has(page, '[data-ledger] tbody tr')
      const ledger = await json(`/api/v1/ledgers/${own}?month=${month}`)
      assert.equal(await page.locator('[data-ledger] [data-kind]').count(), ledger.rows.length)
      const table = await lines(context, `/api/v1/ledgers/${own}/table.csv?month=${month}`)
      assert.equal(table.length, ledger.rows.length + 1)
      await everyFigureOpens(page, json, ledger.rows.length)
      await shoot(page, `demo-ledger-${width}`, { fullPage: true })
    })
    await as(CLERK, `/my/grade/${year}`, viewport, async (page, { json }) => {
      await has(page, '[data-grade] tbody tr')
      await everyFigureOpens(page, json, 1)
      await shoot(page, `demo-grade-${width}`, { fullPage: true })
    })
    await as(CLERK, '/my/arrival', viewport, async (page, { json, context }) => {
      await has(page, '[data-meter]')
      const arrival = await json('/api/v1/arrival')
      assert.equal((await dayToKeep(page, context)).length, arrival.gateways.length + 1)
      await shoot(page, `demo-my-arrival-${width}`, { fullPage: true })
    })
    await as(CLERK, '/my/quarantine', viewport, async (page, { json, context }) => {
      await has(page, '[data-aside]')
      const items = (await json('/api/v1/arrival')).quarantine.reduce((sum, heap) => sum + heap.items, 0)
      assert.equal((await lines(context, '/api/v1/arrival/quarantine.csv')).length, items + 1)
      await shoot(page, `demo-quarantine-${width}`, { fullPage: true })
    })
  })

  test(`operator, ${width}: arrival of the park by firm`, () =>
    as({ role: 'operator', park: process.env.PARKPULSE_PARK }, '/arrival', viewport, async (page, { json, context }) => {
      await has(page, '[data-firm]')
      const arrival = await json('/api/v1/arrival')
      const firms = new Set(arrival.meters.map((one) => one.enterprise))
      assert.equal(await page.locator('[data-firm]').count(), firms.size)
      assert.equal((await lines(context, '/api/v1/arrival.csv')).length, arrival.meters.length * arrival.days.length + 1)
      assert.equal((await dayToKeep(page, context)).length, (await json('/api/v1/gateways?limit=1000')).items.length + 1)
      await page.locator('[data-firm]').first().getByRole('button').click()
      await has(page, '[data-opened] [data-meter]')
      await shoot(page, `demo-arrival-${width}`)
    }))

  test(`bureau, ${width}: the rating list with divisions that open`, () =>
    as({ role: 'bureau' }, `/rating/${year}`, viewport, async (page, { json }) => {
      await has(page, '[data-unit]')
      const rating = await json(`/api/v1/ratings/${year}?limit=1000`)
      const above = rating.items.filter((one) => one.result?.scale === 'above')
      assert.equal(await page.locator('[data-unit]').count(), above.length)
      await page.locator('[data-unit] .name button').first().click()
      await has(page, '[data-opened] li')
      const totals = page.locator('[data-opened] a.figure')
      assert.ok((await totals.count()) > 0, 'nothing of the opened row opens')
      for (const href of await totals.evaluateAll((all) => all.map((one) => one.getAttribute('href')))) await json(`/api/v1/sources/${href.replace('/src/', '')}`)
      await shoot(page, `demo-rating-${width}`)
    }))

  test(`public, ${width}: grades alone, and no other page`, async () => {
    await as({ role: 'public' }, `/rating/${year}`, viewport, async (page, { json }) => {
      await has(page, '[data-unit]')
      const rating = await json(`/api/v1/ratings/${year}?limit=1000`)
      assert.equal(await page.locator('[data-unit]').count(), rating.items.length)
      assert.equal(await page.locator('td.total, td.rank, a.figure').count(), 0)
      await shoot(page, `demo-public-${width}`)
    })
    const { page, context } = await openPage(browser, viewport)
    await context.request.post(`${URL_OF}/api/v1/session`, { data: { role: 'public' } })
    for (const path of ['/my', '/arrival', `/src/tce_equal:${own}:${month}:1`]) {
      assert.equal((await page.goto(URL_OF + path)).status(), 404, path)
      await page.getByText('没有这个页面，或您无权查看。').waitFor()
    }
    await context.close()
  })
}

test('a source of a real figure: five lines down to the registers, saved and printed', () =>
  as(CLERK, '/my/ledger', DESK, async (page, { json }) => {
    const ledger = await json(`/api/v1/ledgers/${own}?month=${month}`)
    const kwh = ledger.rows.find((row) => row.kind === 'electricity_kwh')
    await page.goto(`${URL_OF}/src/${encodeURIComponent(kwh.id)}`)
    await has(page, '[data-source-view] dl')
    await page.getByText(/表底 [\d,.]+（\d\d-\d\d \d\d:\d\d）→/).first().waitFor()
    const saving = page.waitForEvent('download')
    await page.getByRole('button', { name: '导出 CSV' }).click()
    assert.match((await saving).suggestedFilename(), /^source-electricity_kwh-.*\.csv$/)
    await keep('demo-source-paper.pdf', await page.pdf({ preferCSSPageSize: true }))
    await shoot(page, 'demo-source')
  }))
