// The main tasks of each role by keyboard alone (screens.md 2), as far as their data exist, on a real demo.
// Started by tests/it/pages_world.rs.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { shoot } from './checks.mjs'
import { DESK, launch, openPage } from './chromium.mjs'
import { Hands, withoutMouse } from './keyboard.mjs'

const world = JSON.parse(process.env.PARKPULSE_WORLD)
let browser
before(async () => (browser = await launch()))
after(() => browser.close())

/** Somebody at a keyboard, on the first page of their role. */
async function as(choice, act, { start = '/', ...more } = {}) {
  const { page, context } = await openPage(browser, DESK, more)
  try {
    await page.goto(`${world.url}/api/openapi.json`)
    const be = (body) => fetch('/api/v1/session', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }).then((answer) => answer.status)
    assert.equal(await page.evaluate(be, choice), 200)
    await page.goto(world.url + start)
    await page.locator('#page').waitFor()
    await act(new Hands(page), page)
  } finally {
    await context.close()
  }
}
const ENTERPRISE = { role: 'enterprise', enterprise: world.enterprise }
const OPERATOR = { role: 'operator', park: world.park }
const shown = (hands, selector) => hands.page.locator(selector).first().waitFor({ timeout: 20_000 })
const says = (hands, text) => hands.page.getByText(text, { exact: false }).first().waitFor({ timeout: 20_000 })
/** A page of the navigation. */
const goTo = async (hands, path) => {
  await hands.act(`.nav a[href="${path}"]`)
  await hands.page.waitForURL(`**${path}**`)
}

test('a pair of hands has no mouse', async () => {
  const { page, context } = await openPage(browser, DESK)
  const bare = withoutMouse(page)
  assert.throws(() => bare.mouse)
  assert.throws(() => bare.locator('body').first().click())
  assert.throws(() => bare.getByText('x').fill('y'))
  await page.setContent('<main id="page"><style>button { outline: none !important }</style><button>x</button></main>')
  await assert.rejects(new Hands(page).reach('#nowhere', { most: 2 }).catch((reason) => Promise.reject(reason)), /Timeout|not seen/)
  await context.close()
})

test('enterprise: did our data arrive and why not, one meter of it', () =>
  as(ENTERPRISE, async (hands) => {
    await shown(hands, '[data-meter]')
    await hands.act(`a[href="/my/meters/${world.meter}"]`)
    await hands.page.waitForURL('**/my/meters/**')
    await hands.reach('select[name=day]')
    await hands.hit('ArrowDown')
    await hands.page.waitForURL('**?p=*')
    await shown(hands, '[data-readings]')
  }))

test('enterprise: the ledger of a month is checked', () =>
  as(ENTERPRISE, async (hands, page) => {
    await goTo(hands, '/my/ledger')
    await shown(hands, '[data-ledger] tbody tr')
    const before = await page.locator('[data-kind] .said').allInnerTexts()
    await hands.reach('[data-kind] button:not([aria-expanded])')
    await hands.hit('Enter')
    await page.waitForFunction((then) => JSON.stringify([...document.querySelectorAll('[data-kind] .said')].map((one) => one.innerText)) !== then, JSON.stringify(before), { timeout: 20_000 })
    await shoot(page, 'keyboard-ledger')
  }, { start: '/' }))

test('enterprise: what was set aside is taken in again, with a reason', () =>
  as(ENTERPRISE, async (hands) => {
    await shown(hands, '[data-replay]')
    await hands.act('[data-replay] button')
    await hands.reach('[data-replay] form input')
    await hands.write('网关时钟已校准')
    await hands.hit('Enter')
    await says(hands, '台账随后重算')
  }, { start: '/my/quarantine' }))

test('operator: what needs me, where it is mended, and the values beyond limits', () =>
  as(OPERATOR, async (hands) => {
    await goTo(hands, '/today')
    await shown(hands, '[data-queue] tbody tr')
    await hands.act('[data-queue] tbody a')
    await hands.page.waitForFunction(() => location.pathname !== '/today')
    await goTo(hands, '/alarms')
    await shown(hands, '[data-alarm]')
    await hands.reach('[data-alarm] a')
  }))

test('operator: which meters are silent, one firm open', () =>
  as(OPERATOR, async (hands) => {
    await goTo(hands, '/arrival')
    await shown(hands, '[data-firm]')
    await hands.act('[data-firm] button')
    await shown(hands, '[data-opened] [data-meter]')
  }))

test('operator: a firm is found by "/" and its figure opens to its source', () =>
  as(OPERATOR, async (hands, page) => {
    await shown(hands, '[data-row]')
    await hands.hit('/')
    await page.waitForFunction(() => document.activeElement?.tagName === 'INPUT')
    await hands.write('WJ-001')
    await page.locator('[role=option]').first().waitFor()
    await hands.hit('Enter')
    await page.waitForURL('**s=WJ-001**')
    await shoot(page, 'keyboard-map-found')
  }))

test('operator: two values of one instant are decided, with a reason', () =>
  as(OPERATOR, async (hands) => {
    await goTo(hands, '/decisions')
    await shown(hands, '[data-conflict]')
    await hands.reach('[data-conflict] input[type=radio]')
    await hands.hit('Space')
    await hands.reach('[data-conflict] input[name^="reason"]')
    await hands.write('与纸质抄表核对过')
    await hands.hit('Enter')
    await shown(hands, '[data-decided=true]')
  }))

test('bureau: what for is said, why a firm got its grade is opened and closed', () =>
  as(
    { role: 'bureau' },
    async (hands, page) => {
      await page.locator('dialog[open], [role=dialog]').first().waitFor({ timeout: 20_000 })
      await hands.reach('[role=dialog] input[type=radio], dialog input[type=radio]')
      await hands.hit('Space')
      await hands.hit('Enter')
      await shown(hands, '[data-unit]')
      await hands.act('[data-unit] button')
      await shown(hands, '[data-opened]')
      await shoot(page, 'keyboard-rating')
      await hands.hit('Enter')
      await page.locator('[data-opened]').waitFor({ state: 'detached' })
    },
    { start: `/rating/${world.year}`, purpose: '' },
  ))

/** Files are chosen in the window of the system, which opens by the key; the test can only say which. It
 * listens from the start: whoever begins to listen when the key is hit may miss the window. */
function chooser(hands, page) {
  let asked = () => {}
  page.on('filechooser', (one) => asked(one))
  return async (file) => {
    const opened = new Promise((resolve, reject) => {
      asked = resolve
      setTimeout(() => reject(new Error('no window for files was opened')), 20_000).unref()
    })
    await hands.act('input[name=file]')
    await (await opened).setFiles(file)
  }
}

test('bureau: a file is tried, its faults are read, the mended one is taken', () =>
  as({ role: 'bureau' }, async (hands, page) => {
    const choose = chooser(hands, page)
    await shown(hands, '[data-kind]')
    await hands.act('[data-kind=areas]', 'Space')
    await page.waitForURL('**?kind=areas')
    const csv = (park) => ({ name: 'areas.csv', mimeType: 'text/csv', buffer: Buffer.from(`area,park,name\nKEYS-1,${park},键盘片区\n`) })
    await choose(csv('NO-SUCH-PARK'))
    await shown(hands, '[data-code=park_unknown]')
    await says(hands, '没有登记；请先导入园区')
    await shoot(page, 'keyboard-import-fault')
    await choose(csv(world.park))
    await hands.act('button[data-act=take]:not(:disabled)')
    await says(hands, '已入库')
    await hands.reach('[data-import] a[download]', { back: true, most: 400 }).catch(() => hands.reach('[data-import] a[download]', { most: 400 }))
    await shoot(page, 'keyboard-import-taken')
  }, { start: '/import' }))

test('bureau: parks are compared on the map by another layer', () =>
  as({ role: 'bureau' }, async (hands, page) => {
    await shown(hands, '[data-layer]')
    const before = page.url()
    await hands.act('[data-layer][aria-pressed=false][aria-disabled=false]')
    await page.waitForFunction((then) => location.href !== then, before)
  }))

test('sys: whether the platform is sound, at no key, and all settings', () =>
  as({ role: 'sys' }, async (hands, page) => {
    await shown(hands, '[data-sound]')
    assert.equal(new URL(page.url()).pathname, '/sys')
    assert.equal(await page.locator('[data-part]').count(), 7)
    await hands.act('[data-act=all]')
    await shown(hands, '[data-setting="http.listen"]')
    await goTo(hands, '/me')
    await shown(hands, 'h1')
  }))

test('sec: a credential is issued and revoked, sessions and rights are looked at', () =>
  as({ role: 'sec' }, async (hands) => {
    const name = `gw-k${Date.now() % 100000}`
    await goTo(hands, '/sec/credentials')
    await hands.reach('input[name=gateway]')
    await hands.write(name)
    await hands.reach('input[name=enterprise]')
    await hands.write(world.enterprise)
    await hands.hit('Enter')
    await shown(hands, '[data-token=new]')
    await hands.reach('#page input[type=search]')
    await hands.write(name)
    await hands.reach(`[data-gateway="${name}"] button[aria-label^="吊销"]`)
    await hands.hit('Enter')
    await hands.hit('Enter')
    await says(hands, '的口令已全部吊销')
    await goTo(hands, '/sec/logins')
    await shown(hands, '#page .panel')
    await goTo(hands, '/sec/roles')
    await shown(hands, '[data-matter]')
  }))

test('aud: the log is verified and narrowed', () =>
  as({ role: 'aud' }, async (hands, page) => {
    await shown(hands, '[data-record]')
    await hands.reach('input[name=action]')
    await hands.write('gateway.')
    await hands.hit('Enter')
    await page.waitForURL('**action=gateway.*')
    await hands.act('button[data-act=verify]', 'Enter', { back: true })
    await shown(hands, '[data-verdict=good]')
  }))

test('kiosk: the duty screen says it all without a key, and nothing on it wants one', () =>
  as(
    { role: 'kiosk', park: world.park },
    async (hands, page) => {
      await shown(hands, '[data-card]')
      assert.equal(await page.locator('#page').locator('a, button, input, select').count(), 0)
    },
    { start: '/duty' },
  ))

test('public: the published list is read, and signing in is reached', () =>
  as(
    { role: 'public' },
    async (hands) => {
      await shown(hands, '[data-unit]')
      await hands.reach('thead button, [type=search]')
    },
    { start: `/rating/${world.year}` },
  ))
