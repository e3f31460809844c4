/**
 * What kini gives shells to read, read by those shells.
 */
import assert from "node:assert/strict";
import { removeAll, sh } from "./lab.ts";

/** Lines of shell code: where docker is, before, with, and after kini's. */
const ACTIVATE = {
  bash: `set -eu; PATH="/tmp/a b::$PATH"; before=$PATH; type -P docker
    eval "$(kini setup activate bash)"; eval "$(kini setup activate bash)"
    type -P docker; docker --version
    kini_deactivate; type -P docker; test "$PATH" = "$before"`,
  zsh: `set -eu; PATH="/tmp/a b::$PATH"; before=$PATH; whence -p docker
    eval "$(kini setup activate zsh)"; eval "$(kini setup activate zsh)"
    whence -p docker; docker --version
    kini_deactivate; whence -p docker; test "$PATH" = "$before"`,
  fish: `set -gx PATH "/tmp/a b" $PATH; set before "$PATH"; type -P docker
    kini setup activate fish | source; kini setup activate fish | source
    type -P docker; docker --version
    kini_deactivate; type -P docker; test "$PATH" = "$before"`,
};

for (const [shell, code] of Object.entries(ACTIVATE)) {
  Deno.test(`kini setup activate works in ${shell}, and can be undone`, async () => {
    const stdout = await sh(
      `export XDG_DATA_HOME=$(mktemp -d)
      trap 'rm -rf "$XDG_DATA_HOME"' EXIT
      ${shell} -c "$CODE" | sed "s|$XDG_DATA_HOME|DATA|"`,
      { env: { CODE: code } },
    );
    assert.match(
      stdout,
      /^\/opt\/kini\/bin\/docker\nDATA\/kini\/bin\/docker\nDocker version \S+, build kini-.*\n\/opt\/kini\/bin\/docker\n$/,
    );
  });
}

Deno.test("fish completes with what kini completion fish gives it", async () => {
  const complete = (line: string) =>
    sh(
      `fish --no-config -c 'kini completion fish | source; complete -C "$LINE"' |
        cut -f 1 | sort`,
      { env: { LINE: line } },
    );
  assert.equal(await complete("kini do"), "docker\ndoctor\n");
  assert.match(await complete("kini docker network "), /^inspect$/m);
  assert.match(await complete("docker run --priv"), /^--privileged$/m);
  try {
    await sh("docker create --name shell-fish --network none busybox:1.37");
    assert.equal(await complete("docker rm -f shell-"), "shell-fish\n");
    assert.equal(await complete("docker exec shell-fish shell-"), "");
    assert.match(await complete("docker run --network brid"), /^bridge$/m);
    assert.equal(await complete("kini completion z"), "zsh\n");
  } finally {
    await removeAll();
  }
});

/** How an interactive shell is started, and told to keep its line on Ctrl-T. */
const INTERACTIVE = {
  zsh: `zpty shell env TERM=dumb zsh -f -i
zpty -w shell 'autoload -Uz compinit && compinit -u -D'
# Tab at once after other keys would be taken for a pasted one.
zpty -w shell 'zstyle ":completion:*" insert-tab false'
zpty -w shell 'keep() { print -r -- $BUFFER >/tmp/line; exit }'
zpty -w shell 'zle -N keep; bindkey "^T" keep'`,
  bash: String
    .raw`zpty shell env TERM=dumb INPUTRC=/dev/null bash --norc --noprofile -i
zpty -w shell 'keep() { printf "%s\n" "$READLINE_LINE" >/tmp/line; exit; }'
zpty -w shell 'bind -x "\"\C-t\": keep"'`,
};

/** What becomes of lines in an interactive shell when Tab is pressed at their end. */
async function tabbed(
  shell: keyof typeof INTERACTIVE,
  lines: readonly string[],
): Promise<string[]> {
  const stdout = await sh(
    `cat >/tmp/tab <<'ZSH'
zmodload zsh/zpty
for line in "\${(@f)LINES_TO_TAB}"; do
rm -f /tmp/line
${INTERACTIVE[shell]}
zpty -w shell 'source <(kini completion ${shell}); PS1="rea""dy> "'
zpty -r -m shell seen '*ready> *'
zpty -w -n shell "$line"$'\\t\\x14'
until [[ -s /tmp/line ]]; do sleep 0.1; done
cat /tmp/line
zpty -d shell
done
ZSH
    trap 'rm -f /tmp/tab /tmp/line "/tmp/a file.tar"' EXIT
    : >'/tmp/a file.tar'
    timeout 60 zsh -f /tmp/tab`,
    { env: { LINES_TO_TAB: lines.join("\n") } },
  );
  return stdout.replace(/\n$/, "").split("\n");
}

for (const shell of ["zsh", "bash"] as const) {
  Deno.test(`${shell} completes with what kini completion ${shell} gives it`, async () => {
    try {
      await sh("docker create --name shell-c --network none busybox:1.37");
      const cases = {
        "kini doct": "kini doctor ",
        "kini docker netw": "kini docker network ",
        "kini setup activate f": "kini setup activate fish ",
        "docker run --privi": "docker run --privileged ",
        "docker rm -f shell-": "docker rm -f shell-c ",
        // Where bash breaks words.
        "docker rmi busybox:1.3": "docker rmi busybox:1.37 ",
        "docker run --network=brid": "docker run --network=bridge ",
        "docker load -i /tmp/a\\ f": "docker load -i /tmp/a\\ file.tar ",
      };
      assert.deepEqual(
        await tabbed(shell, Object.keys(cases)),
        Object.values(cases),
      );
    } finally {
      await removeAll();
    }
  });
}
