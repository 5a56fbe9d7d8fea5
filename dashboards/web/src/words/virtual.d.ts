// What vite.config.ts makes out of config/text/*.toml.
declare module 'virtual:words' {
  const words: Record<string, Record<string, string>>
  export default words
}
