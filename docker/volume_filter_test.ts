import assert from "node:assert/strict";
import { Filters } from "./filter.ts";
import { filterVolumes } from "./volume_filter.ts";

Deno.test("filterVolumes() picks as docker volume ls does", () => {
  const volumes = [
    { name: "data", driver: "local", labels: { a: "" }, inUse: true },
    { name: "old-data", driver: "local", labels: {}, inUse: false },
  ];
  const cases: [string[], string][] = [
    [[], "data old-data"],
    [["name=data"], "data old-data"],
    [["name=^data"], "data"],
    [["driver=nfs"], ""],
    [["label=a"], "data"],
    [["dangling=true"], "old-data"],
    [["dangling=false"], "data"],
  ];
  for (const [texts, want] of cases) {
    assert.equal(
      filterVolumes(volumes, Filters.parse(texts)).map(({ name }) => name).join(
        " ",
      ),
      want,
      texts.join(),
    );
  }
  assert.throws(() => filterVolumes(volumes, Filters.parse(["id=x"])), {
    message: "invalid filter 'id'",
  });
});
