import { deepStrictEqual, strictEqual, throws } from "node:assert/strict";
import {
  archivedSize,
  copyTarget,
  parseCopy,
  parseCopyArgument,
  splitPath,
} from "./copy_spec.ts";

Deno.test("parseCopyArgument() tells containers from local paths", () => {
  const cases = [
    { text: "c:/etc", want: { container: "c", path: "/etc" } },
    { text: "c:rel", want: { container: "c", path: "rel" } },
    { text: "c:", want: { container: "c", path: "" } },
    { text: "/a:b", want: { container: "", path: "/a:b" } },
    { text: "./a:b", want: { container: "", path: "./a:b" } },
    { text: "file", want: { container: "", path: "file" } },
    { text: "-", want: { container: "", path: "-" } },
  ];
  for (const { text, want } of cases) {
    deepStrictEqual(parseCopyArgument(text), want, text);
  }
});

Deno.test("parseCopy() refuses what docker refuses", () => {
  const cases = [
    ["a", "b", "must specify at least one container source"],
    ["a:/x", "b:/x", "copying between containers is not supported"],
    ["", "b:/x", "source can not be empty"],
    ["a:/x", "", "destination can not be empty"],
  ];
  for (const [from, to, message] of cases) {
    throws(() => parseCopy(from!, to!), { name: "RangeError", message });
  }
  strictEqual(parseCopy("a:/x", "-").direction, "out");
  strictEqual(parseCopy("-", "a:/x").direction, "in");
});

Deno.test("splitPath() keeps a last dot", () => {
  const cases = [
    { path: "/a/b", want: { folder: "/a", name: "b" } },
    { path: "/a/b/", want: { folder: "/a", name: "b" } },
    { path: "/a/b/.", want: { folder: "/a/b", name: "." } },
    { path: "a", want: { folder: ".", name: "a" } },
    { path: "/a", want: { folder: "/", name: "a" } },
    { path: ".", want: { folder: ".", name: "." } },
    { path: "/", want: { folder: "/", name: "" } },
  ];
  for (const { path, want } of cases) {
    deepStrictEqual(splitPath(path), want, path);
  }
});

Deno.test("copyTarget() follows docker's table", () => {
  const file = { path: "/s/f", isDirectory: false };
  const folder = { path: "/s/d", isDirectory: true };
  const content = { path: "/s/d/.", isDirectory: true };
  const at = (path: string, kind?: "file" | "folder") => ({
    path,
    exists: kind !== undefined,
    isDirectory: kind === "folder",
  });
  const cases = [
    { from: file, to: at("/t", "folder"), want: ["/t", "f"] },
    { from: file, to: at("/t/g", "file"), want: ["/t", "g"] },
    { from: file, to: at("/t/g"), want: ["/t", "g"] },
    { from: folder, to: at("/t", "folder"), want: ["/t", "d"] },
    { from: folder, to: at("/t/new"), want: ["/t", "new"] },
    { from: folder, to: at("/t/new/"), want: ["/t", "new"] },
    { from: content, to: at("/t", "folder"), want: ["/t", ""] },
    { from: content, to: at("/t/new"), want: ["/t", "new"] },
  ];
  for (const { from, to, want } of cases) {
    const target = copyTarget(from, to);
    deepStrictEqual([target.folder, target.name], want, to.path);
  }
  throws(() => copyTarget(folder, at("/t/g", "file")), {
    message: "cannot copy directory",
  });
  throws(() => copyTarget(file, at("/t/new/")), {
    message: "no such directory",
  });
});

Deno.test("archivedSize() counts tar's header and padding", () => {
  deepStrictEqual([0, 1, 512, 513].map(archivedSize), [512, 1024, 1024, 1536]);
});
