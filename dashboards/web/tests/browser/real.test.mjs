// The page on the real server, with the made-up park's data: started by tests/it/pages_api.rs,
// which names the server and a gateway's credential in the environment.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import { assertClean, drawn, keep, painted, shoot } from './checks.mjs'
import { DESK, launch, openPage, PHONE } from './chromium.mjs'

const URL_OF = process.env.PARKPULSE_URL
const live = JSON.parse(process.env.PARKPULSE_LIVE)
const person = JSON.parse(process.env.PARKPULSE_PERSON)
const [, bearer] = process.env.PARKPULSE_BEARER.split(': ')
const ask = (path) => fetch(URL_OF + path, { headers: { Authorization: bearer } })
const run = promisify(execFile)

let browser
before(async () => (browser = await launch()))
after(() => browser.close())

/** Signs the browser in as the page does; the cookie is kept although there is no TLS on loopback. */
async function signIn(page) {
  // In a tab of its own: a bare document asks for an icon that is not there.
  const door = await page.context().newPage()
  await door.goto(`${URL_OF}/api/openapi.json`)
  const done = await door.evaluate(async ({ account, password, code }) => {
    const post = (path, body) =>
      fetch(path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) })
    await post('/api/v1/sign-in', { account, password })
    return (await (await post('/api/v1/sign-in/code', { code })).json()).next
  }, { ...person, code: person.recovery.pop() })
  assert.equal(done, 'done')
  await door.close()
}

async function on(path, viewport, act) {
  const { page, faults, context } = await openPage(browser, viewport)
  try {
    await signIn(page)
    await page.goto(URL_OF + path)
    await drawn(page)
    await act(page)
    await assertClean(page, faults)
  } finally {
    await context.close()
  }
}

/** The parcel whose card shows the live meter. */
async function liveParcel() {
  const map = await (await ask('/api/v1/map')).json()
  return map.cells.find((cell) => cell.enterprises.some((one) => one.enterprise === live.enterprise)).parcel
}

test('desk: the map is drawn, clean, and its total says its division', () =>
  on('/', DESK, async (page) => {
    await painted(page)
    await page.getByText(/全园 [\d,.]+ kWh\/亩（[\d,.]+ kWh ÷ [\d,.]+ 亩，\d+ 宗，\d+ 户中 \d+ 户有数）/).waitFor()
    await shoot(page, 'map-desk')
  }))

test('the picture of the same map, as the server paints it', async () => {
  const answer = await ask('/api/v1/map.png')
  assert.equal(answer.status, 200)
  await keep('map-painted.png', Buffer.from(await answer.arrayBuffer()))
})

test('desk: a card down to its registers', async () => {
  const parcel = await liveParcel()
  await on(`/map?s=${parcel}&x=src`, DESK, async (page) => {
    await page.locator(`[data-row="${parcel}"][aria-selected="true"]`).waitFor()
    await page.locator('[data-source] tbody tr').first().waitFor()
    await painted(page)
    await shoot(page, 'map-desk-card')
  })
})

test('desk: freshness, and the running month', async () => {
  await on('/map?k=freshness', DESK, async (page) => {
    await page.getByText(/块表准时 ÷ \d+ 块表/).waitFor()
    await painted(page)
    await shoot(page, 'map-desk-freshness')
  })
  const periods = await (await ask('/api/v1/periods')).json()
  const open = periods.periods.find((bar) => !bar.closed)
  await on(`/map?p=${open.period}`, DESK, async (page) => {
    await page.getByText(/未结账：数会变，\d\d-\d\d 结账/).waitFor()
    await shoot(page, 'map-desk-open')
  })
})

test('phone: list, card and map', async () => {
  const parcel = await liveParcel()
  await on('/map', PHONE, async (page) => {
    await shoot(page, 'map-phone-list')
    await page.getByRole('group', { name: '看表还是看图' }).getByRole('button', { name: '地图' }).click()
    await page.locator('[data-map] canvas').first().waitFor()
    await painted(page)
    await shoot(page, 'map-phone-map')
  })
  await on(`/map?s=${parcel}`, PHONE, async (page) => {
    await page.locator('[data-card] h2').waitFor()
    await shoot(page, 'map-phone-card')
  })
})

test('a reading sent by mosquitto_pub shows within 2 s', async () => {
  const parcel = await liveParcel()
  await on(`/map?s=${parcel}`, DESK, async (page) => {
    const shown = page.locator(`[data-meter="${live.meter}"]`)
    await shown.waitFor()
    await page.locator('.dot:not(.hollow)').waitFor()
    const [host, port] = live.mqtt.split(':')
    const value = `${live.register.split('.')[0]}.77`
    const reading = { meter: live.meter, at: Date.now(), values: { kwh_register: Number(value) } }
    await run('mosquitto_pub', [
      '-h', host, '-p', port, '-V', '5', '-q', '1', '-i', live.gateway, '-u', live.gateway, '-P', live.token,
      '-t', `parkpulse/v1/${live.enterprise}/${live.gateway}/readings`, '-m', JSON.stringify(reading),
    ])
    const text = value.replace(/\B(?=(\d{3})+\.)/g, ',')
    await shown.locator('[data-latest]').getByText(text).waitFor({ timeout: 2000 })
    await shown.locator('[data-fresh="on_time"]').waitFor({ timeout: 2000 })
    await page.getByText(/数据到 \d\d:\d\d/).waitFor()
    await shoot(page, 'map-desk-live')
  })
})
