// The line that one copies to try a gateway (screens.md 7.7). Pure: what it is made of is handed in.
import type { GatewayLog } from '../api/gateways'

export type Shell = 'posix' | 'windows'

/** Where a token is to stand that is not known here. */
export const NO_TOKEN = '…'

/** The message of a test: one reading, measured now. */
export function payloadOf(log: Pick<GatewayLog, 'sample'>, at: string): string {
  const { meter, indicator, value } = log.sample ?? { meter: 'E-01', indicator: 'kwh_register', value: '123456.78' }
  return `{"meter":"${meter}","at":"${at}","values":{"${indicator}":${value}}}`
}

/** The whole line. The client id carries a suffix, or the gateway that runs would be thrown out. */
export function lineOf(log: GatewayLog, host: string, token: string, at: string, shell: Shell): string {
  const [quote, more] = shell === 'posix' ? ["'", ' \\\n'] : ['"', ' ^\n']
  const payload = payloadOf(log, at)
  const quoted = shell === 'posix' ? payload : payload.replace(/"/g, '\\"')
  const port = log.mqtt_tls_port === null ? `-p ${log.mqtt_port ?? 1883}` : `-p ${log.mqtt_tls_port} --cafile ca.pem`
  return [
    `mosquitto_pub -h ${host} ${port} -V 5 -q 1`,
    `  -i ${log.gateway}/test -u ${log.gateway} -P ${quote}${token}${quote}`,
    `  -t ${quote}${log.test_topic}${quote}`,
    `  -m ${quote}${quoted}${quote}`,
  ].join(more)
}
