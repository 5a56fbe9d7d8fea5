// Signing in on the real server: the first person with the setup code, then the others, by keyboard
// alone, on desk and phone. Started by tests/it/sign_in_pages.rs, which names server and code.
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { after, before, test } from 'node:test'
import { assertClean, shoot, smallTargets, tooWide } from './checks.mjs'
import { DESK, launch, openPage, PHONE } from './chromium.mjs'

const URL_OF = process.env.PARKPULSE_URL
const SETUP = process.env.PARKPULSE_SETUP
const PASSWORD = 'Regen fällt 47 mal'

let browser
before(async () => (browser = await launch()))
after(() => browser.close())

/** The present code of a secret in base 32 (RFC 6238). */
function codeOf(secret) {
  const bits = [...secret.replaceAll(' ', '')].map((one) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(one).toString(2).padStart(5, '0')).join('')
  const key = Buffer.from(bits.match(/.{8}/g).map((one) => parseInt(one, 2)))
  const step = Buffer.alloc(8)
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)))
  const tag = createHmac('sha1', key).update(step).digest()
  const at = tag[19] & 15
  return String((tag.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0')
}

/** What the browser says of refused requests is no fault of the page. */
const noted = (faults) => faults.filter((one) => !/Failed to load resource/.test(one))
const says = (page, text) => page.getByText(text, { exact: false }).first().waitFor({ timeout: 10_000 })
const step = (page, name) => page.locator(`[data-step=${name}]`).waitFor({ timeout: 15_000 })
/** Types into the field that has the focus, and goes to the next. */
async function type(page, ...texts) {
  for (const [index, text] of texts.entries()) {
    if (index > 0) await page.keyboard.press('Tab')
    await page.keyboard.insertText(text)
  }
}

async function enrol(page) {
  await step(page, 'enrol')
  const secret = await page.locator('[data-secret]').innerText()
  assert.match(secret.replaceAll(' ', ''), /^[A-Z2-7]{32}$/)
  await page.locator('input[name=code]').focus()
  await type(page, codeOf(secret))
  await page.keyboard.press('Enter')
  await step(page, 'recovery')
  const codes = await page.locator('[data-recovery] li').allInnerTexts()
  assert.equal(codes.length, 10)
  return codes
}

test('the first person, by keyboard: setup code, second step, users', async () => {
  const { page, faults, context } = await openPage(browser, DESK)
  await page.goto(`${URL_OF}/sec/users`)
  await step(page, 'setup')
  assert.equal(new URL(page.url()).pathname, '/login')
  await shoot(page, 'login-setup')
  await assertClean(page, noted(faults))
  await page.locator('input[name=code]').focus()
  await type(page, SETUP, 'first.one', '第一人', 'Passw0rd2027!', 'Passw0rd2027!')
  await page.keyboard.press('Enter')
  await says(page, '这个密码最容易被猜到')
  await assertClean(page, noted(faults))
  for (const name of ['password', 'again']) await page.locator(`input[name=${name}]`).fill(PASSWORD)
  await page.keyboard.press('Enter')
  await step(page, 'enrol')
  await shoot(page, 'login-enrol')
  await assertClean(page, noted(faults))
  await enrol(page)
  await shoot(page, 'login-recovery')
  await assertClean(page, noted(faults))
  await page.getByRole('button', { name: '我已抄好' }).press('Enter')
  // Back where one wanted to go.
  await page.waitForURL('**/sec/users')
  await page.locator('[data-account="first.one"]').waitFor()
  await page.locator('[data-form=person] input[name=account]').fill('aud.one')
  await page.locator('[data-form=person] select').selectOption('aud')
  await page.locator('[data-form=person] button[type=submit]').press('Enter')
  const given = await page.locator('[data-given]').innerText()
  await shoot(page, 'sec-users')
  await assertClean(page, noted(faults))
  await page.locator('[data-form=person] select').selectOption('sec')
  await page.getByRole('button', { name: '我的账号' }).or(page.locator('.who .open')).first().click()
  await page.getByRole('button', { name: '退出登录' }).press('Enter')
  await step(page, 'account')
  await context.close()
  await auditor(given)
})

/** The auditor's first sign-in, on a phone, with a wrong password before. */
async function auditor(given) {
  const { page, faults, context } = await openPage(browser, PHONE)
  await page.goto(`${URL_OF}/login`)
  await step(page, 'account')
  assert.deepEqual(await smallTargets(page), [])
  assert.ok((await tooWide(page)) <= 0)
  await shoot(page, 'login-phone')
  await page.locator('input[name=account]').focus()
  await type(page, 'aud.one', 'not this one')
  await page.keyboard.press('Enter')
  await says(page, '没有登录。账号、密码或验证码有一项不对')
  await assertClean(page, noted(faults))
  await shoot(page, 'login-wrong-phone')
  await page.locator('input[name=password]').fill(given)
  await page.keyboard.press('Enter')
  await step(page, 'password')
  await type(page, PASSWORD, PASSWORD)
  await page.keyboard.press('Enter')
  const codes = await enrol(page)
  await page.getByRole('button', { name: '我已抄好' }).press('Enter')
  await page.waitForURL('**/aud/log')
  await page.locator('[data-record]').first().waitFor()
  await page.getByRole('button', { name: '核验' }).press('Enter')
  await page.locator('[data-verdict=good]').waitFor()
  await shoot(page, 'aud-log-phone')
  await assertClean(page, noted(faults))
  await page.setViewportSize(DESK)
  await shoot(page, 'aud-log')
  await assertClean(page, noted(faults))
  // A filter stands in the address; Back undoes it; a link to it shows the same.
  await page.locator('input[name=action]').fill('session.')
  await page.locator('input[name=action]').press('Enter')
  await page.waitForURL('**/aud/log?action=session.')
  const all = (column, begin) =>
    page.waitForFunction(
      ([nth, text]) => {
        const cells = [...document.querySelectorAll(`[data-record] td:nth-child(${nth})`)]
        return cells.length > 0 && cells.every((one) => one.textContent.trim().startsWith(text))
      },
      [column, begin],
      { timeout: 10_000 },
    )
  await all(5, 'session.')
  await page.locator('[data-record] a', { hasText: 'aud.one' }).first().press('Enter')
  await page.waitForURL('**/aud/log?who=aud.one')
  await all(3, 'aud.one')
  await shoot(page, 'aud-log-filtered')
  await assertClean(page, noted(faults))
  await page.goBack()
  await page.waitForURL('**/aud/log?action=session.')
  await all(5, 'session.')
  const [download] = await Promise.all([page.waitForEvent('download'), page.locator('[data-table]').click()])
  assert.equal(download.suggestedFilename(), 'audit.csv')
  await page.goto(`${URL_OF}/aud/log?action=setup.&from=2020-01-01`)
  await page.locator('[data-record]').first().waitFor()
  assert.equal(await page.locator('input[name=from]').inputValue(), '2020-01-01')
  assert.equal(await page.locator('[data-record]').count(), 2)
  await page.goto(`${URL_OF}/me`)
  await page.locator('[data-form=password]').waitFor()
  await shoot(page, 'own')
  await assertClean(page, noted(faults))
  // Another browser, by a recovery code; then English.
  const other = await openPage(browser, DESK)
  await other.page.goto(`${URL_OF}/login`)
  await step(other.page, 'account')
  await other.page.locator('input[name=account]').focus()
  await type(other.page, 'aud.one', PASSWORD)
  await other.page.keyboard.press('Enter')
  await step(other.page, 'code')
  await shoot(other.page, 'login-code')
  await assertClean(other.page, noted(other.faults))
  await type(other.page, codes[0].toLowerCase())
  await other.page.keyboard.press('Enter')
  await other.page.waitForURL('**/aud/log')
  await other.context.close()
  await context.close()
}
