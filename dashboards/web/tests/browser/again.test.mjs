// The second factor once more: a token is renewed only once its code was typed, in one dialog, by keyboard;
// then the page goes on as if nothing had been. Started by tests/it/sign_in_again.rs.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { assertClean, keysShown, shoot, smallTargets, tooWide } from './checks.mjs'
import { DESK, launch, openPage, PHONE } from './chromium.mjs'

const { PARKPULSE_URL: HERE, PARKPULSE_COOKIE: COOKIE, PARKPULSE_CODE: CODE, PARKPULSE_GATEWAY: GATEWAY } = process.env

let browser
before(async () => (browser = await launch()))
after(() => browser.close())

/** Cookies of somebody who is signed in, as the server set them. */
const cookies = () =>
  COOKIE.replace(/^Cookie: /, '').split('; ').map((pair) => {
    const [name, ...value] = pair.split('=')
    return { name, value: value.join('='), domain: '127.0.0.1', path: '/', secure: true, httpOnly: true, sameSite: 'Strict' }
  })

test('a token is renewed once the code was typed, by keyboard', async () => {
  const { page, faults, context } = await openPage(browser, DESK)
  await context.addCookies(cookies())
  await page.goto(`${HERE}/sec/credentials`)
  const row = page.locator(`[data-gateway="${GATEWAY}"]`)
  await row.waitFor({ timeout: 15_000 })
  const renew = async () => {
    const button = row.getByRole('button').first()
    // What cannot be undone is asked for twice.
    await button.press('Enter')
    await button.press('Enter')
  }
  const dialog = page.locator('[data-again]')
  const token = page.locator('[data-token=new]')
  // Whoever leaves it has nothing done.
  await renew()
  await dialog.waitFor()
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' })
  await page.getByText('没有做任何更改。这件事涉及凭据或角色', { exact: false }).waitFor()
  assert.equal(await token.count(), 0)
  await renew()
  await dialog.waitFor()
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('name')), 'again')
  assert.deepEqual((await keysShown(page)).filter((one) => one !== 'sec.one'), [])
  await page.keyboard.type('000000')
  await page.keyboard.press('Enter')
  await dialog.getByRole('alert').waitFor()
  await shoot(page, 'factor-again')
  await page.setViewportSize(PHONE)
  assert.ok((await tooWide(page)) <= 0)
  assert.deepEqual((await smallTargets(page)).filter((one) => one.includes('again')), [])
  await page.setViewportSize(DESK)
  await page.locator('input[name=again]').fill(CODE)
  await page.keyboard.press('Enter')
  await dialog.waitFor({ state: 'detached' })
  await token.first().waitFor()
  // For some minutes nothing is asked.
  const before = await token.first().innerText()
  await renew()
  await page.waitForFunction((was) => ![undefined, was.trim()].includes(document.querySelector('[data-token=new]')?.textContent?.trim()), before)
  assert.equal(await dialog.count(), 0)
  await assertClean(page, faults.filter((one) => !/Failed to load resource/.test(one)))
  await context.close()
})
