/**
 * What kini gives shells to read, read by those shells.
 */
import assert from "node:assert/strict";
import { removeAll, sh } from "./lab.ts";

/** Lines of shell code: where docker is, before, with, and after kini's. */
const ACTIVATE = {
  bash: `type -P docker; eval "$(kini setup activate bash)"; type -P docker
    docker --version; kini_deactivate; type -P docker`,
  zsh: `whence -p docker; eval "$(kini setup activate zsh)"; whence -p docker
    docker --version; kini_deactivate; whence -p docker`,
  fish: `type -P docker; kini setup activate fish | source; type -P docker
    docker --version; kini_deactivate; type -P docker`,
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
  } finally {
    await removeAll();
  }
});

/** What becomes of a line in an interactive zsh when Tab is pressed at its end. */
function tabbed(line: string): Promise<string> {
  return sh(
    `cat >/tmp/zsh-tab <<'ZSH'
zmodload zsh/zpty
zpty shell env TERM=dumb zsh -f -i
zpty -w shell 'autoload -Uz compinit && compinit -u -D'
zpty -w shell 'source <(kini completion zsh)'
# Tab at once after other keys would be taken for a pasted one.
zpty -w shell 'zstyle ":completion:*" insert-tab false'
zpty -w shell 'keep() { print -r -- $BUFFER >/tmp/zsh-line; exit }'
zpty -w shell 'zle -N keep; bindkey "^T" keep; PS1="rea""dy> "'
zpty -r -m shell seen '*ready> *'
zpty -w -n shell "$LINE"$'\\t\\x14'
until [[ -s /tmp/zsh-line ]]; do sleep 0.1; done
cat /tmp/zsh-line
zpty -d shell
ZSH
    trap 'rm -f /tmp/zsh-tab /tmp/zsh-line' EXIT
    rm -f /tmp/zsh-line
    timeout 60 zsh -f /tmp/zsh-tab`,
    { env: { LINE: line } },
  );
}

Deno.test("zsh completes with what kini completion zsh gives it", async () => {
  assert.equal(await tabbed("kini doct"), "kini doctor \n");
  assert.equal(await tabbed("kini docker netw"), "kini docker network \n");
  assert.equal(
    await tabbed("docker run --privi"),
    "docker run --privileged \n",
  );
  try {
    await sh("docker create --name shell-zsh --network none busybox:1.37");
    assert.equal(
      await tabbed("docker rm -f shell-"),
      "docker rm -f shell-zsh \n",
    );
  } finally {
    await removeAll();
  }
});
