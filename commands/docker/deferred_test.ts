import assert from "node:assert/strict";
import { Deferred, renderDeferred } from "./deferred.ts";

/** A fact that counts how often it was loaded. */
function countedFact(value: string) {
  let loads = 0;
  const fact = new Deferred("?", () => {
    loads++;
    return Promise.resolve(value);
  });
  return { fact, loads: () => loads };
}

Deno.test("renderDeferred() loads nothing that is not shown", async () => {
  const { fact, loads } = countedFact("a");
  assert.equal(await renderDeferred([fact], () => "text"), "text");
  assert.equal(loads(), 0);
});

Deno.test("renderDeferred() loads once what is shown, and what that shows", async () => {
  const first = countedFact("a");
  const second = countedFact("b");
  const text = await renderDeferred([first.fact, second.fact], () => {
    const shown = first.fact.get();
    return shown === "a" ? shown + second.fact.get() : shown;
  });
  assert.equal(text, "ab");
  assert.deepEqual([first.loads(), second.loads()], [1, 1]);
});

Deno.test("renderDeferred() fails only with everything loaded", async () => {
  const { fact } = countedFact("a");
  const render = () => {
    throw new Error(fact.get());
  };
  await assert.rejects(renderDeferred([fact], render), { message: "a" });
});
