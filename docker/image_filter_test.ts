import assert from "node:assert/strict";
import { Filters } from "./filter.ts";
import { filterImages } from "./image_filter.ts";
import { familiarReference, parseImageReference } from "./image_reference.ts";

const NOW = new Date("2026-08-01T12:00:00Z");
const image = (
  created: string,
  labels: Record<string, string>,
  ...references: string[]
) => ({
  created: Date.parse(created),
  labels,
  references: references.map(parseImageReference),
});
const IMAGES = [
  image(
    "2026-07-31T00:00:00Z",
    { a: "b" },
    "kindest/node:v1.35.0",
    "kindest/node:latest",
  ),
  image(
    "2026-06-01T00:00:00Z",
    {},
    "alpine:3.22",
    "localhost:5000/team/alpine:3.22",
  ),
  image("2026-05-01T00:00:00Z", {}),
];
const find = (text: string) => {
  const found = IMAGES.find(({ references }) =>
    references.some((reference) => familiarReference(reference) === text)
  );
  if (found === undefined) throw new RangeError(`No such image: ${text}`);
  return found;
};

Deno.test("filterImages() picks images and their references", () => {
  const cases: [string[], string][] = [
    [
      [],
      "kindest/node:v1.35.0,kindest/node:latest alpine:3.22,localhost:5000/team/alpine:3.22 -",
    ],
    [["reference=kindest/node"], "kindest/node:v1.35.0,kindest/node:latest"],
    [["reference=*/node:v*"], "kindest/node:v1.35.0"],
    [["reference=*"], "alpine:3.22"],
    [["reference=alp?ne:[0-9].22"], "alpine:3.22"],
    [["reference=node"], ""],
    [["dangling=true"], "-"],
    [
      ["dangling=false", "label=a=b"],
      "kindest/node:v1.35.0,kindest/node:latest",
    ],
    [["label!=a"], "alpine:3.22,localhost:5000/team/alpine:3.22 -"],
    [
      ["before=kindest/node:latest"],
      "alpine:3.22,localhost:5000/team/alpine:3.22 -",
    ],
    [["since=alpine:3.22"], "kindest/node:v1.35.0,kindest/node:latest"],
    [["until=72h"], "alpine:3.22,localhost:5000/team/alpine:3.22 -"],
  ];
  for (const [texts, want] of cases) {
    const picked = filterImages(IMAGES, Filters.parse(texts), {
      now: NOW,
      find,
    });
    const brief = picked.map(({ references }) =>
      references.map(familiarReference).join(",") || "-"
    ).join(" ");
    assert.equal(brief, want, texts.join());
  }
});

Deno.test("filterImages() refuses with docker's texts", () => {
  const cases: [string, string][] = [
    ["foo=1", "invalid filter 'foo'"],
    ["dangling=x", "invalid filter 'dangling=[x]'"],
    ["before=gone", "No such image: gone"],
    ["reference=[", "syntax error in pattern"],
  ];
  for (const [text, message] of cases) {
    assert.throws(
      () => filterImages(IMAGES, Filters.parse([text]), { now: NOW, find }),
      { message },
      text,
    );
  }
});
