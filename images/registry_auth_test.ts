import assert from "node:assert/strict";
import {
  basicAuthorization,
  parseChallenges,
  parseToken,
  tokenUrl,
} from "./registry_auth.ts";

Deno.test("parseChallenges() reads schemes and parameters", () => {
  const tests = [
    { header: "", want: [] },
    { header: "Basic", want: [{ scheme: "basic", parameters: {} }] },
    {
      header: 'Bearer realm="https://a/token",service="s, t",scope="r:a:pull"',
      want: [{
        scheme: "bearer",
        parameters: {
          realm: "https://a/token",
          service: "s, t",
          scope: "r:a:pull",
        },
      }],
    },
    {
      header: 'BASIC Realm = "a \\"b\\"" , Bearer realm=c,error=d',
      want: [
        { scheme: "basic", parameters: { realm: 'a "b"' } },
        { scheme: "bearer", parameters: { realm: "c", error: "d" } },
      ],
    },
    {
      header: 'Negotiate, Basic realm="x"',
      want: [
        { scheme: "negotiate", parameters: {} },
        { scheme: "basic", parameters: { realm: "x" } },
      ],
    },
    {
      header: 'Basic realm="open',
      want: [{ scheme: "basic", parameters: {} }],
    },
    { header: '="x"', want: [] },
  ];
  for (const { header, want } of tests) {
    assert.deepEqual(parseChallenges(header), want, header);
  }
});

Deno.test("basicAuthorization() encodes UTF-8", () => {
  assert.equal(
    basicAuthorization({ username: "ü", password: "p:w" }),
    "Basic w7w6cDp3",
  );
});

Deno.test("tokenUrl() keeps the realm's own query and asks for the pull", () => {
  const [challenge] = parseChallenges(
    'Bearer realm="https://localhost/t?x=1",service="s",scope="registry:*"',
  );
  assert(challenge);
  assert.equal(
    tokenUrl(challenge, [{ repository: "a/b", actions: "pull" }], "me").href,
    "https://localhost/t?x=1&service=s&scope=repository%3Aa%2Fb%3Apull&account=me",
  );
});

Deno.test("tokenUrl() rejects a challenge without a usable realm", () => {
  for (const header of ["Bearer", 'Bearer realm=""', 'Bearer realm="/t"']) {
    const [challenge] = parseChallenges(header);
    assert(challenge);
    assert.throws(() => tokenUrl(challenge, [], undefined), SyntaxError);
  }
});

Deno.test("parseToken() takes either name of the token", () => {
  assert.equal(parseToken({ token: "a" }), "a");
  assert.equal(parseToken({ token: "", access_token: "b" }), "b");
  const bad = [null, {}, [], "a", { token: 1 }, { token: "a\nb" }];
  for (const answer of bad) {
    assert.throws(() => parseToken(answer), SyntaxError);
  }
});
