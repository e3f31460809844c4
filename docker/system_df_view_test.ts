import assert from "node:assert/strict";
import { renderRows } from "./format.ts";
import {
  DISK_USAGE_OPTIONS,
  type DiskUsage,
  diskUsageRow,
} from "./system_df_view.ts";

Deno.test("diskUsageRow() tells a share where there is something to share", () => {
  const cases: [usage: DiskUsage, want: string][] = [
    [
      {
        kind: "Images",
        total: 4,
        active: 2,
        size: 329.6e6,
        reclaimable: 325.6e6,
      },
      "Images 4 2 329.6MB 325.6MB (98%)",
    ],
    [
      {
        kind: "Containers",
        total: 2,
        active: 1,
        size: 3.146e6,
        reclaimable: 0,
      },
      "Containers 2 1 3.146MB 0B (0%)",
    ],
    [
      { kind: "Local Volumes", total: 0, active: 0, size: 0, reclaimable: 0 },
      "Local Volumes 0 0 0B 0B",
    ],
    [
      { kind: "Build Cache", total: 0, active: 0, size: 0, reclaimable: 0 },
      "Build Cache 0 0 0B 0B",
    ],
  ];
  for (const [usage, want] of cases) {
    assert.equal(
      renderRows(
        [diskUsageRow(usage)],
        "{{.Type}} {{.TotalCount}} {{.Active}} {{.Size}} {{.Reclaimable}}",
        DISK_USAGE_OPTIONS,
      ),
      `${want}\n`,
    );
  }
});
