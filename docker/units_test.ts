import assert from "node:assert/strict";
import {
  formatBytes,
  formatDuration,
  formatSize,
  parseBytes,
  parseCpus,
  parseMemorySwap,
} from "./units.ts";

Deno.test("parseBytes() reads what docker reads", () => {
  const cases: [string, number][] = [
    ["10", 10],
    ["10b", 10],
    ["10kb", 10240],
    ["10KiB", 10240],
    ["10 k", 10240],
    ["512m", 2 ** 29],
    ["1 mb", 2 ** 20],
    ["1g", 2 ** 30],
    ["1.5G", 1610612736],
    [".5m", 524288],
    ["5.m", 5242880],
    ["+5m", 5242880],
    ["1T", 2 ** 40],
    ["1p", 2 ** 50],
    ["1e3", 1000],
    ["0", 0],
  ];
  for (const [text, want] of cases) assert.equal(parseBytes(text), want, text);
});

Deno.test("parseBytes() refuses with docker's texts", () => {
  const float = (text: string) =>
    `strconv.ParseFloat: parsing "${text}": invalid syntax`;
  const cases: [string, string][] = [
    ["", "invalid size: ''"],
    ["b", "invalid size: 'b'"],
    ["-1", "invalid size: '-1'"],
    ["12q", "invalid suffix: 'q'"],
    ["1mi", "invalid suffix: 'mi'"],
    ["1kk", "invalid suffix: 'kk'"],
    ["1ib", "invalid suffix: 'ib'"],
    ["1e", "invalid suffix: 'e'"],
    ["1KiBs", "invalid suffix: 'KiBs'"],
    ["1.2.3m", float("1.2.3")],
    ["1,5m", float("1,5")],
    ["0x10", float("0x10")],
    ["1MiB ", float("1MiB")],
    [" 1m", float(" 1")],
  ];
  for (const [text, message] of cases) {
    assert.throws(
      () => parseBytes(text),
      { name: "SyntaxError", message },
      text,
    );
  }
});

Deno.test("parseMemorySwap() takes -1", () => {
  assert.equal(parseMemorySwap("-1"), -1);
  assert.equal(parseMemorySwap("1g"), 2 ** 30);
  assert.throws(() => parseMemorySwap("-2"), { message: "invalid size: '-2'" });
});

Deno.test("parseCpus() reads decimals and fractions", () => {
  const cases: [string, number][] = [
    ["1.5", 1.5],
    ["0.01", 0.01],
    ["2", 2],
    ["1/2", 0.5],
    ["1e-3", 0.001],
    [".5", 0.5],
    ["5.", 5],
    ["+2", 2],
    ["-1", -1],
  ];
  for (const [text, want] of cases) assert.equal(parseCpus(text), want, text);
  for (const text of ["", "abc", " 1", "inf", "1/0", "1/2/3"]) {
    assert.throws(() => parseCpus(text), {
      message: `failed to parse ${text} as a rational number`,
    });
  }
  for (const text of ["1/3", "0.0000000001"]) {
    assert.throws(() => parseCpus(text), { message: "value is too precise" });
  }
});

Deno.test("formatSize() and formatBytes() write as docker does", () => {
  const sizes: [number, number, string][] = [
    [0, 3, "0B"],
    [1, 3, "1B"],
    [999, 3, "999B"],
    [1000, 3, "1kB"],
    [12_345_678, 3, "12.3MB"],
    [12_000_000, 4, "12MB"],
    [1_234_567, 4, "1.235MB"],
    [987_654_321, 4, "987.7MB"],
    [1e12, 4, "1TB"],
    [999_900, 3, "1e+03kB"],
    [0, 4, "0B"],
  ];
  for (const [bytes, precision, want] of sizes) {
    assert.equal(formatSize(bytes, precision), want, String(bytes));
  }
  assert.equal(formatBytes(2 ** 30 * 15.6), "15.6GiB");
  assert.equal(formatBytes(1536), "1.5KiB");
});

Deno.test("formatDuration() writes words", () => {
  const minute = 60_000, hour = 60 * minute, day = 24 * hour;
  const cases: [number, string][] = [
    [0, "Less than a second"],
    [999, "Less than a second"],
    [1000, "1 second"],
    [59_999, "59 seconds"],
    [minute, "About a minute"],
    [2 * minute - 1, "About a minute"],
    [2 * minute, "2 minutes"],
    [59.5 * minute, "59 minutes"],
    [hour, "About an hour"],
    [1.4 * hour, "About an hour"],
    [1.6 * hour, "2 hours"],
    [47 * hour, "47 hours"],
    [48 * hour, "2 days"],
    [13 * day, "13 days"],
    [14 * day, "2 weeks"],
    [59 * day, "8 weeks"],
    [60 * day, "2 months"],
    [729 * day, "24 months"],
    [730 * day, "2 years"],
  ];
  for (const [milliseconds, want] of cases) {
    assert.equal(formatDuration(milliseconds), want, String(milliseconds));
  }
});
