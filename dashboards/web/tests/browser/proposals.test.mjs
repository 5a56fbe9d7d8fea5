// What one administrator asks for and another confirms, and what people see of the audit log, on the
// real server. Started by tests/it/sign_in_pages.rs, which names server and codes.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { assertClean, shoot, smallTargets, tooWide } from './checks.mjs'
import { DESK, launch, openPage, PHONE } from './chromium.mjs'

const { PARKPULSE_URL: HERE, PARKPULSE_SEC: SEC, PARKPULSE_SYS: SYS, PARKPULSE_PASSWORD: PASSWORD } = process.env

let browser
before(async () => (browser = await launch()))
after(() => browser.close())

const noted = (faults) => faults.filter((one) => !/Failed to load resource/.test(one))

/** A page on which `account` is signed in, by keyboard; `code` where there is a second step. */
async function signedIn(account, code, to, viewport = DESK) {
  const opened = await openPage(browser, viewport)
  const { page } = opened
  await page.goto(`${HERE}${to}`)
  await page.locator('[data-step=account]').waitFor({ timeout: 15_000 })
  await page.locator('input[name=account]').fill(account)
  await page.locator('input[name=password]').fill(PASSWORD)
  await page.locator('input[name=password]').press('Enter')
  if (code) {
    await page.locator('[data-step=code]').waitFor({ timeout: 15_000 })
    await page.locator('input[name=code]').fill(code)
    await page.locator('input[name=code]').press('Enter')
  }
  await page.waitForURL(`**${to}`)
  return opened
}

test('a reset of the auditor waits for the other administrator, who is shown the password', async () => {
  const asking = await signedIn('sec.one', SEC, '/sec/users')
  const reset = asking.page.getByRole('button', { name: '重置 aud.one 的密码和两步验证' })
  await reset.press('Enter')
  await reset.press('Enter')
  await asking.page.locator('[data-waiting]').waitFor()
  await asking.page.locator('[data-proposal]').waitFor()
  assert.equal(await asking.page.locator('[data-given]').count(), 0)
  assert.equal(await asking.page.locator('[data-proposal] .main').count(), 0, 'nobody confirms their own')
  await shoot(asking.page, 'sec-users-waiting')
  await assertClean(asking.page, noted(asking.faults))
  const deciding = await signedIn('sys.one', SYS, '/me')
  const one = deciding.page.locator('[data-proposal]')
  await one.waitFor()
  assert.match(await one.innerText(), /重置 aud\.one 的密码和两步验证/)
  await shoot(deciding.page, 'me-proposal')
  await assertClean(deciding.page, noted(deciding.faults))
  await deciding.page.setViewportSize(PHONE)
  assert.deepEqual(await smallTargets(deciding.page), [])
  assert.ok((await tooWide(deciding.page)) <= 0)
  await shoot(deciding.page, 'me-proposal-phone')
  await one.locator('.main').press('Enter')
  await one.locator('.main').press('Enter')
  const password = await deciding.page.locator('[data-confirmed]').innerText()
  assert.match(password, /^([A-Z2-7]{4}-){4}[A-Z2-7]{4}$/)
  // The list is read anew once it is done.
  await one.waitFor({ state: 'detached' })
  await asking.page.reload()
  await asking.page.locator('[data-account="aud.one"]').waitFor()
  assert.equal(await asking.page.locator('[data-proposals]').count(), 0)
  await asking.context.close()
  await deciding.context.close()
})

test('a clerk sees what they did and who looked, on desk and phone', async () => {
  const { page, faults, context } = await signedIn('clerk.one', null, '/me/log')
  await page.locator('[data-record]').first().waitFor()
  const accounts = await page.locator('[data-record] td:nth-child(2)').allInnerTexts()
  assert.ok(accounts.every((one) => one === 'clerk.one'), accounts.join())
  await page.getByText('还没有人查看过。').waitFor()
  await shoot(page, 'own-log')
  await assertClean(page, noted(faults))
  await page.setViewportSize(PHONE)
  assert.ok((await tooWide(page)) <= 0)
  await shoot(page, 'own-log-phone')
  await assertClean(page, noted(faults))
  await page.goto(`${HERE}/aud/log`)
  await page.getByText('没有这个页面，或您无权查看', { exact: false }).waitFor()
  await context.close()
})
