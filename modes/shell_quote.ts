/**
 * Quoting for a POSIX shell, and for the servers' own shell-like splitting.
 *
 * @module
 */

/** A word as a shell reads it back unchanged. */
export function quoteWord(word: string): string {
  if (/^[A-Za-z0-9_@%+=:,./-]+$/.test(word)) return word;
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/** Words as one line that is split back into the same words. */
export function quoteWords(words: readonly string[]): string {
  return words.map(quoteWord).join(" ");
}
