import assert from "node:assert/strict";
import { chainIdsOf } from "./layer_chain.ts";

Deno.test("chainIdsOf() names a layer with what is below it", async () => {
  const layers = ["1", "2", "3"].map((digit) => `sha256:${digit.repeat(64)}`);
  assert.deepEqual(await chainIdsOf([]), []);
  assert.deepEqual(await chainIdsOf(layers.slice(0, 1)), layers.slice(0, 1));
  const [first, second, third] = await chainIdsOf(layers);
  assert.equal(first, layers[0]);
  assert.equal(
    second,
    "sha256:9932074217c35353d2e03a3f5a86549f7c67bfeb0ba53e23d69f4d4c8f7958f5",
  );
  assert.equal(
    third,
    "sha256:50127c0d6b338be78246434b4bce23ecf75e505158ea0bbd15effeb162fbf3ec",
  );
});
