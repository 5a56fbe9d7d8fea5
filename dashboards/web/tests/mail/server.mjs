// A real mail server for the tests: STARTTLS (or TLS from the first byte: IMPLICIT) and a password are
// asked for; what it took lies in a file, a JSON line a mail. REFUSE: a recipient that it knows nothing of (550).
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { SMTPServer } from 'smtp-server'

const { PORT, TOLD, TAKEN, USER_NAME, PASSWORD, CERTIFICATE, KEY, REFUSE, IMPLICIT } = process.env
const server = new SMTPServer({
  cert: readFileSync(CERTIFICATE),
  key: readFileSync(KEY),
  secure: IMPLICIT === 'yes',
  onAuth: ({ username, password }, { secure }, done) => (secure && username === USER_NAME && password === PASSWORD ? done(null, { user: username }) : done(new Error('no such account'))),
  onRcptTo: ({ address }, _session, done) => (address === REFUSE ? done(Object.assign(new Error('no such mailbox'), { responseCode: 550 })) : done()),
  onData(stream, { envelope }, done) {
    let text = ''
    stream.setEncoding('utf8')
    stream.on('data', (part) => (text += part))
    stream.on('end', () => {
      appendFileSync(TAKEN, `${JSON.stringify({ to: envelope.rcptTo.map(({ address }) => address), text })}\n`)
      done()
    })
  },
})
server.on('error', () => {})
server.listen(Number(PORT), '127.0.0.1', () => writeFileSync(TOLD, String(server.server.address().port)))
