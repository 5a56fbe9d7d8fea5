// Every page there is, for every role, at both widths, on a real demo: theirs stands whole and clean, what is
// not theirs is the one page that does not tell whether it exists. Started by tests/it/pages_world.rs.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { axeFaults, keysShown, shoot, smallTargets, tooWide, until } from './checks.mjs'
import { DESK, launch, openPage, PHONE } from './chromium.mjs'

const world = JSON.parse(process.env.PARKPULSE_WORLD)
const ALL = ['public', 'enterprise', 'operator', 'kiosk', 'bureau', 'sys', 'sec', 'aud']
const DUTY = ['operator', 'kiosk', 'bureau']
const SEE = ['enterprise', ...DUTY]

/** Page of `frame/pages.ts`: an address of it, and whose it is. Several addresses where a page has several faces. */
const PAGES = {
  map: [['/map', SEE], [`/map?k=energy_per_mu&p=${world.month}`, SEE]],
  my: [['/my', ['enterprise']], ['/my/arrival', ['enterprise']], ['/my/quarantine', ['enterprise']], [`/my/ledger/${world.month}`, ['enterprise']], ['/my/grade', ['enterprise']]],
  meter: [[`/my/meters/${world.meter}`, ['enterprise']]],
  books: [['/my/statements', ['enterprise']], ['/my/land', ['enterprise']], [`/ent/${world.enterprise}/statements`, DUTY], [`/ent/${world.enterprise}/land`, DUTY]],
  arrival: [['/arrival', DUTY]],
  quality: [['/quality', DUTY], ['/my/quality', ['enterprise']]],
  rating: [[`/rating/${world.year}`, ALL.slice(0, 5)]],
  src: [[`/src/electricity_kwh:${world.enterprise}:${world.month}:1`, ['enterprise', ...DUTY]]],
  login: [['/login', ALL]],
  me: [['/me', ALL.slice(1)]],
  users: [['/sec/users', ['sec']]],
  log: [['/aud/log', ['aud']]],
  ownLog: [['/me/log', SEE]],
  gateways: [['/gateways', DUTY], [`/gateways/${world.gateway}/test`, DUTY], ['/my/gateways', ['enterprise']], [`/my/gateways/${world.gateway}/test`, ['enterprise']]],
  alarms: [['/alarms', DUTY], ['/my/alarms', ['enterprise']]],
  credentials: [['/sec/credentials', ['sec']]],
  today: [['/today', DUTY]],
  duty: [['/duty', DUTY]],
  import: [['/import', ['bureau']]],
  rollups: [['/rollups', ['bureau']], ['/rollups?by=industry&p=2025', ['bureau']]],
  api: [['/help/api', ALL]],
  notifications: [['/notifications', ALL.slice(1)]],
  decisions: [['/decisions', SEE]],
  sys: [['/sys', ['sys']]],
  roles: [['/sec/roles', ['sec']]],
  logins: [['/sec/logins', ['sec']]],
}
const ROWS = Object.values(PAGES).flat()
const NOT_THERE = '没有这个页面，或您无权查看'

const be = (role) => ({ role, ...(role === 'enterprise' ? { enterprise: world.enterprise } : ['operator', 'kiosk'].includes(role) ? { park: world.park } : {}) })
const nameOf = (path) => path.slice(1).split(/[?:]/)[0].replace(/\W+/g, '-').replace(world.enterprise, 'own')

let browser
before(async () => (browser = await launch()))
after(() => browser.close())

test('every page has a row', async () => {
  const text = await readFile(fileURLToPath(new URL('../../src/frame/pages.ts', import.meta.url)), 'utf8')
  const named = [...text.split('const ADDRESSES')[1].split(']\n\n')[0].matchAll(/, '(\w+)'\]/g)].map(([, page]) => page)
  assert.ok(named.length > 20, 'the addresses are read')
  assert.deepEqual([...new Set(named)].sort(), Object.keys(PAGES).sort())
})

/** Somebody of that role with a window of that size, who opens one address after the other. */
async function as(role, viewport, act) {
  const opened = await openPage(browser, viewport)
  const { page, context } = opened
  const pending = new Set()
  const isAsked = (request) => request.url().includes('/api/v1/') && !request.url().includes('/api/v1/live')
  page.on('request', (request) => isAsked(request) && pending.add(request))
  for (const end of ['requestfinished', 'requestfailed']) page.on(end, (request) => pending.delete(request))
  try {
    const answer = await context.request.post(`${world.url}/api/v1/session`, { data: be(role) })
    assert.equal(answer.status(), 200)
    const settled = async () => {
      const heading = page.locator('#page h1, .duty h1, .duty h2').first()
      await heading.waitFor({ state: 'attached', timeout: 20_000 })
      await until(() => pending.size === 0, `all answers of ${page.url()}`)
      await page.evaluate(() => document.fonts.ready)
    }
    await act({ ...opened, settled })
  } finally {
    await context.close()
  }
}

for (const role of ALL) {
  for (const [width, viewport] of [['desk', DESK], ['phone', PHONE]]) {
    test(`${role}, ${width}: what is theirs stands`, () =>
      as(role, viewport, async ({ page, faults, settled }) => {
        const wrong = []
        for (const [path] of ROWS.filter(([, roles]) => roles.includes(role))) {
          const found = async (what, is) => wrong.push(...(await is).map((one) => `${path}: ${what}${one}`))
          await page.goto(world.url + path)
          await settled()
          const text = await page.locator('body').innerText()
          await found('is not there', text.includes(NOT_THERE) ? [''] : [])
          // Codes stand in the log, for those who search by them, settings by their names, and parameters.
          if (!/(^\/sys|\/log|^\/help\/api)$/.test(path)) await found('a key: ', keysShown(page))
          await shoot(page, `matrix/${nameOf(path)}-${role}-${width}`)
          await found('axe: ', axeFaults(page))
          await found('too wide by ', tooWide(page).then((px) => (px > 0 ? [px] : [])))
          if (role === 'enterprise' && width === 'phone') await found('too small: ', smallTargets(page))
          await found('', faults.splice(0))
        }
        assert.deepEqual(wrong, [])
      }))
  }
  test(`${role}: what is not theirs is not there`, () =>
    as(role, DESK, async ({ page, faults }) => {
      for (const [path] of ROWS.filter(([, roles]) => !roles.includes(role))) {
        await page.goto(world.url + path)
        await page.getByText(NOT_THERE).waitFor({ timeout: 20_000 })
        // The document itself answers 404, and the browser says so.
        const others = faults.splice(0).filter((fault) => !/status of 404/.test(fault))
        assert.deepEqual(others, [], `${role} ${path}`)
      }
    }))
}
