// A page that is left alone is signed out, says so, and comes back with what was typed; and one browser
// ends another. On the real server; tests/it/sign_in_sessions.rs lets the half hour pass.
import assert from 'node:assert/strict'
import { existsSync, writeFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { assertClean, keysShown, shoot, smallTargets, tooWide, until } from './checks.mjs'
import { DESK, launch, openPage, PHONE } from './chromium.mjs'

const world = JSON.parse(process.env.PARKPULSE_WORLD)
let browser
before(async () => (browser = await launch()))
after(() => browser.close())

const noted = (faults) => faults.filter((one) => !/Failed to load resource/.test(one))

/** The steps of a sign-in on the page that stands. */
async function signIn(page, account, code, to) {
  await page.locator('[data-step=account]').waitFor({ timeout: 20_000 })
  await page.locator('input[name=account]').fill(account)
  await page.locator('input[name=password]').fill(world.password)
  await page.locator('input[name=password]').press('Enter')
  if (code) {
    await page.locator('[data-step=code]').waitFor({ timeout: 20_000 })
    await page.locator('input[name=code]').fill(code)
    await page.locator('input[name=code]').press('Enter')
  }
  await page.waitForURL(`**${to}`)
}

/** Half an hour goes by for the sessions of `account` on the server. */
async function halfAnHour(account) {
  writeFileSync(world.signal, account)
  await until(() => !existsSync(world.signal), 'the half hour')
}

test('left alone with a form half filled: signed out, said, and back with the form', async () => {
  const { page, faults, context } = await openPage(browser, DESK)
  await context.clock.install()
  const automatic = []
  page.on('request', (request) => {
    if (request.url().includes('/api/v1/notifications')) automatic.push(request.headers()['x-automatic'] ?? 'a person')
  })
  await page.goto(`${world.url}/sec/users`)
  await signIn(page, 'sec.one', world.sec.pop(), '/sec/users')
  await page.locator('[data-account="clerk.one"]').waitFor()
  await page.locator('[data-form=person] input[name=account]').fill('half.done')
  await page.locator('[data-form=person] input[name=name]').fill('填了一半')
  await page.locator('[data-form=person] select').selectOption('bureau')
  assert.ok(automatic.length > 0 && automatic.every((one) => one === 'a person'), 'a page that was just opened is somebody\'s')
  await halfAnHour('sec.one')
  await context.clock.fastForward('31:00')
  await page.locator('[data-signed-out]').waitFor({ timeout: 20_000 })
  assert.equal(automatic.at(-1), '1', 'what nobody asked for says so')
  assert.equal((await page.locator('[data-signed-out] p').innerText()).trim(), '30 分钟没有操作，已退出。表单已存为草稿。')
  assert.deepEqual(await keysShown(page), [])
  await assertClean(page, noted(faults))
  await shoot(page, 'signed-out-idle')
  await page.locator('[data-signed-out] button').press('Enter')
  await signIn(page, 'sec.one', world.sec.pop(), '/sec/users')
  await page.locator('[data-account="clerk.one"]').waitFor()
  assert.equal(await page.locator('[data-form=person] input[name=account]').inputValue(), 'half.done')
  assert.equal(await page.locator('[data-form=person] input[name=name]').inputValue(), '填了一半')
  assert.equal(await page.locator('[data-form=person] select').inputValue(), 'bureau')
  await shoot(page, 'draft-back')
  await assertClean(page, noted(faults))
  // It was put back once; and nothing of it is left for whoever comes next.
  assert.deepEqual(await page.evaluate(() => Object.keys(sessionStorage).filter((key) => key.startsWith('draft'))), [])
  await context.close()
})

test('somebody sees where they are signed in and ends the other browser, which says so', async () => {
  const here = await openPage(browser, DESK)
  const there = await openPage(browser, PHONE)
  for (const { page } of [there, here]) {
    await page.goto(`${world.url}/me`)
    await signIn(page, 'clerk.one', null, '/me')
    await page.locator('[data-session]').first().waitFor()
  }
  const { page } = here
  await page.locator('[data-here=true]').waitFor()
  await page.locator('[data-here=false]').first().waitFor()
  await shoot(page, 'me-sessions')
  await assertClean(page, noted(here.faults))
  await page.setViewportSize(PHONE)
  assert.deepEqual(await smallTargets(page), [])
  assert.ok((await tooWide(page)) <= 0)
  await shoot(page, 'me-sessions-phone')
  const others = page.locator('[data-act=end-others]')
  await others.press('Enter')
  await page.locator('[data-here=false]').first().waitFor({ state: 'detached' })
  await there.page.reload()
  await there.page.locator('[data-step=account]').waitFor({ timeout: 20_000 })
  await here.context.close()
  await there.context.close()
})
