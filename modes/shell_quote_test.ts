import assert from "node:assert/strict";
import { quoteWord, quoteWords } from "./shell_quote.ts";

for (
  const { input, want } of [
    { input: "plain-1.0/x:y=z,%+@_", want: "plain-1.0/x:y=z,%+@_" },
    { input: "", want: "''" },
    { input: "two words", want: "'two words'" },
    { input: "it's", want: `'it'\\''s'` },
    { input: "$HOME", want: "'$HOME'" },
  ]
) {
  Deno.test(`quoteWord() of ${JSON.stringify(input)}`, () => {
    assert.equal(quoteWord(input), want);
  });
}

Deno.test("quoteWords() joins words by spaces", () => {
  assert.equal(quoteWords(["/init", "a b", "c"]), "/init 'a b' c");
});
