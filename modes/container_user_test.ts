import { deepStrictEqual, rejects } from "node:assert/strict";
import { isRootUser, type ReadText, resolveUser } from "./container_user.ts";

const FILES: Record<string, string> = {
  "/etc/passwd":
    "root:x:0:0:root:/root:/bin/sh\n# none\n\nweb:x:33:34::/srv:/bin/sh\nhomeless:x:5:6:::\n",
  "/etc/group": "root:x:0:\nstaff:x:50:web\n",
};
const read: ReadText = (path) => Promise.resolve(FILES[path] ?? "");

Deno.test("resolveUser() looks names and numbers up as docker does", async () => {
  const cases = [
    { spec: "web", want: { uid: 33, gid: 34, home: "/srv" } },
    { spec: "33", want: { uid: 33, gid: 34, home: "/srv" } },
    { spec: "1234", want: { uid: 1234, gid: 0, home: "/" } },
    { spec: "1234:55", want: { uid: 1234, gid: 55, home: "/" } },
    { spec: "web:staff", want: { uid: 33, gid: 50, home: "/srv" } },
    { spec: ":staff", want: { uid: 0, gid: 50, home: "/root" } },
    { spec: "homeless", want: { uid: 5, gid: 6, home: "/" } },
    { spec: "", want: { uid: 0, gid: 0, home: "/root" } },
  ];
  for (const { spec, want } of cases) {
    deepStrictEqual(await resolveUser(spec, read), want, spec);
  }
});

Deno.test("resolveUser() refuses with docker's texts", async () => {
  const cases = {
    "nobody99":
      "unable to find user nobody99: no matching entries in passwd file",
    "1:nogrp": "unable to find group nogrp: no matching entries in group file",
    "0:99999999999": "uids and gids must be in range 0-2147483647",
  };
  for (const [spec, message] of Object.entries(cases)) {
    await rejects(resolveUser(spec, read), { name: "RangeError", message });
  }
});

Deno.test("isRootUser() knows root in all its spellings", () => {
  for (const spec of ["", "0", "root", "0:0", "root:root", ":", "0:"]) {
    deepStrictEqual(isRootUser(spec), true, spec);
  }
  for (const spec of ["1", "rooty", "0:5", "00"]) {
    deepStrictEqual(isRootUser(spec), false, spec);
  }
});
