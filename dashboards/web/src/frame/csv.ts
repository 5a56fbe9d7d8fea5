// Text for spreadsheets: UTF-8 with a mark, CRLF, and no cell that one would calculate (contract.md
// 7, "Names"). Knows no figures.

const harmless = (text: string): string => (/^[=+@\t\r]|^-(?!\d)/.test(text) ? `'${text}` : text)
const quoted = (text: string): string => (/[",\n\r]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text)

export type Cell = string | number | null | undefined

/** The text of a file with these rows. */
export function csvText(rows: readonly (readonly Cell[])[]): string {
  const lines = rows.map((row) => row.map((cell) => quoted(harmless(String(cell ?? '')))).join(','))
  return `\ufeff${lines.join('\r\n')}\r\n`
}

/** Hands `text` to the browser as a file. */
export function saveText(name: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: 'text/csv' }))
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(address), 1000)
}
