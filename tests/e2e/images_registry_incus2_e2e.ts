/**
 * Registries as a user has them: with a login, behind a helper, as a mirror,
 * without a certificate that anybody vouches for; and Docker's own client
 * at the other end.
 */
import assert from "node:assert/strict";
import { lab, leftovers, lines, removeAll, sh } from "./lab.ts";

/** The name and password "me" and "secret". */
const HTPASSWD =
  "me:$2b$04$tNfn3SVnAc.JYEEK3SqIpexXmfD0EnhHjRZj/MuPpdvVl9cyPnQpy";

/** What every script begins with: a home of its own, and functions. */
const PRELUDE = `
  export HOME=/tmp/registry-e2e
  cd "$HOME"
  # Starts a registry on an address, with TLS where that is told how.
  registry() { # NAME ADDRESS LINE [TLS]
    local name=$1 address=$2
    printf '%s\\n' 'version: 0.1' 'log: {level: error}' \\
      "storage: {filesystem: {rootdirectory: $HOME/$name}}" \\
      "http: {addr: $address\${4:+, tls: $4}}" "\${3:-}" >$name.yml
    docker-registry serve $name.yml >$name.log 2>&1 &
    echo $! >$name.pid
    until (: </dev/tcp/\${address%:*}/\${address##*:}) 2>/dev/null; do
      sleep 0.05
    done
  }
  with_login() {
    echo '${HTPASSWD}' >htpasswd
    registry own 127.0.0.1:5000 \\
      "auth: {htpasswd: {realm: lab, path: $HOME/htpasswd}}"
  }
  # An image that no server has, of random layers: NAME SIZE... in the layout.
  layout() {
    local name=$1 size
    shift
    [ -e layout ] || umoci init --layout layout
    umoci new --image layout:$name
    for size; do
      mkdir -p layer
      head -c $size /dev/urandom >layer/$size
      tar -C layer -cf layer.tar .
      rm -r layer
      umoci raw add-layer --image layout:$name layer.tar
      rm layer.tar
    done
    umoci config --image layout:$name --os linux --architecture amd64 --config.cmd sh
  }
  manifest_of() {
    jq -r '.manifests[] | select(.annotations["org.opencontainers.image.ref.name"] == "'$1'") | .digest' \\
      layout/index.json
  }
  put() { # NAME TARGET
    skopeo --insecure-policy copy --quiet --dest-tls-verify=false --dest-creds me:secret \\
      oci:layout:$1 docker://$2
  }
`;

/** Runs with an empty home that is removed, with its registries. */
async function withHome(test: () => Promise<void>): Promise<void> {
  await removeAll();
  await sh("rm -rf /tmp/registry-e2e; mkdir /tmp/registry-e2e");
  const images = await sh("docker images --format '{{.Repository}}:{{.Tag}}'");
  const before = await leftovers();
  try {
    await test();
  } finally {
    await sh(`
      cat /tmp/registry-e2e/*.pid 2>/dev/null | xargs -r kill || true
      export HOME=/tmp/registry-e2e
      docker images --format '{{.Repository}}:{{.Tag}}' | sort >/tmp/registry-e2e/after
      sort >/tmp/registry-e2e/before <<'END'
${images}END
      comm -13 /tmp/registry-e2e/before /tmp/registry-e2e/after |
        sed '/<none>/d' | xargs -r docker rmi -f >/dev/null
      find /tmp/registry-e2e -mindepth 1 -delete
    `);
    await removeAll();
  }
  assert.deepEqual(await leftovers(), before);
  await sh("rm -rf /tmp/registry-e2e");
}

function script(text: string): Promise<string> {
  return sh(PRELUDE + text, { timeout: 300_000 });
}

async function failing(text: string): Promise<{ out: string; err: string }> {
  const { code, stdout, stderr } = await lab([
    "bash",
    "-euo",
    "pipefail",
    "-c",
    PRELUDE + text,
  ]);
  assert.notEqual(code, 0, stdout);
  return { out: stdout, err: stderr };
}

Deno.test("an image goes to a registry with a login, and comes back", () =>
  withHome(async () => {
    await script(
      "with_login; docker pull -q busybox:1.37 >/dev/null; docker tag busybox:1.37 localhost:5000/a/b:1",
    );
    const refused = await failing("docker push localhost:5000/a/b:1");
    assert.match(
      refused.out,
      /^The push refers to repository \[localhost:5000/,
    );
    assert.equal(refused.err, "no basic auth credentials\n");
    const wrong = await failing(
      "echo nope | docker login -u me --password-stdin localhost:5000",
    );
    assert.equal(
      wrong.err,
      "Error response from daemon: login attempt to http://localhost:5000/v2/ " +
        "failed with status: 401 Unauthorized\n",
    );

    const login = await script(`
      echo secret | docker login -u me --password-stdin localhost:5000 2>/dev/null
      stat -c %a .docker/config.json
      jq -r '.auths["localhost:5000"].auth' .docker/config.json | base64 -d
    `);
    assert.equal(login, "Login Succeeded\n600\nme:secret");

    const first = lines(await script("docker push localhost:5000/a/b:1"));
    assert.match(first[1]!, /^[0-9a-f]{12}: Preparing$/);
    assert.match(first[2]!, /^[0-9a-f]{12}: Pushed$/);
    const again = lines(await script("docker push localhost:5000/a/b:1"));
    assert.match(again[2]!, /: Layer already exists$/);
    const digest = /^1: digest: (sha256:\S+) size: \d+$/.exec(again[3]!)?.[1];
    const facts = lines(
      await script(`
        skopeo inspect --tls-verify=false --creds me:secret \\
          --format '{{.Digest}}' docker://localhost:5000/a/b:1
        docker image inspect --format '{{.Id}}' busybox:1.37
        docker image inspect --format '{{join .RepoDigests "\\n"}}' localhost:5000/a/b:1 |
          grep localhost
      `),
    );
    assert.equal(facts[0], digest);
    assert.equal(facts[2], `localhost:5000/a/b@${digest}`);

    // What nobody here has: into the local store, and from there to the server.
    const pulled = lines(
      await script(`
        layout mine 1000000 5000 3000 200 && put mine localhost:5000/mine:1
        docker pull localhost:5000/mine:1
        docker pull -q localhost:5000/mine:1
        kini images verify
      `),
    );
    assert.equal(pulled[0], "1: Pulling from mine");
    assert.equal(
      pulled.filter((line) => line.endsWith(": Pulling fs layer")).length,
      4,
    );
    assert.equal(
      pulled.filter((line) => line.endsWith(": Pull complete")).length,
      4,
    );
    assert.deepEqual(pulled.slice(-4, -1), [
      "Status: Downloaded newer image for localhost:5000/mine:1",
      "localhost:5000/mine:1",
      "localhost:5000/mine:1",
    ]);
    assert.match(pulled.at(-1)!, /all right\.$/);

    const out = await failing(`
      docker logout localhost:5000
      docker pull localhost:5000/mine:1
    `);
    assert.equal(out.out, "Removing login credentials for localhost:5000\n");
    assert.equal(
      out.err,
      'Error response from daemon: Get "http://localhost:5000/v2/mine/manifests/1": ' +
        "no basic auth credentials\n",
    );
  }));

Deno.test("an image pulled from a registry that the server can't reach runs", () =>
  withHome(async () => {
    assert.equal(
      await script(`
        with_login
        echo secret | docker login -u me --password-stdin localhost:5000 >login 2>&1
        skopeo --insecure-policy copy --quiet --dest-tls-verify=false \\
          --dest-creds me:secret docker://docker.io/kini/test:1 dir:copy-test
        umoci init --layout layout
        skopeo --insecure-policy copy --quiet dir:copy-test oci:layout:changed
        umoci config --image layout:changed --config.label only=here
        put changed localhost:5000/changed:1
        docker run --rm --entrypoint sh localhost:5000/changed:1 -c 'echo $FOO; id -u' 2>run.log
        grep -c 'Pull complete' run.log
        docker image inspect --format '{{.Config.Labels.only}}' localhost:5000/changed:1
      `),
      "bar\n1000\n1\nhere\n",
    );
  }));

Deno.test("a helper keeps the password, and the file does not", () =>
  withHome(async () => {
    assert.equal(
      await script(`
        with_login
        mkdir -p bin kept .docker
        cat >bin/docker-credential-lab <<'HELPER'
#!/bin/sh
read -r input
key=$(echo "$input" | sed 's/.*"ServerURL":"\\([^"]*\\)".*/\\1/' | tr '/:' __)
case $1 in
store) echo "$input" >"$HOME/kept/$key" ;;
erase) rm "$HOME/kept/$key" ;;
get) cat "$HOME/kept/$key" 2>/dev/null || {
    echo credentials not found in native keychain
    exit 1
  } ;;
esac
HELPER
        chmod +x bin/docker-credential-lab
        PATH=$HOME/bin:$PATH
        echo '{"credsStore":"lab","other":1}' >.docker/config.json
        echo secret | docker login -u me --password-stdin localhost:5000
        jq -c . .docker/config.json
        ls kept
        docker pull -q busybox:1.37 >/dev/null
        docker tag busybox:1.37 localhost:5000/h:1
        docker push -q localhost:5000/h:1
        docker logout localhost:5000
        ls kept | wc -l
        docker push -q localhost:5000/h:1 2>&1 || echo refused
      `),
      'Login Succeeded\n{"credsStore":"lab","other":1,"auths":{"localhost:5000":{}}}\n' +
        "localhost_5000\nlocalhost:5000/h:1\n" +
        "Removing login credentials for localhost:5000\n0\n" +
        "no basic auth credentials\nrefused\n",
    );
  }));

Deno.test("registries.conf: mirrors, registries without a known certificate, and blocked ones", () =>
  withHome(async () => {
    const shown = await script(`
      # Not 127.0.0.1: nothing is taken for granted of it.
      openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 \\
        -subj /CN=nobody -keyout key.pem -out cert.pem 2>/dev/null
      registry odd 127.0.1.1:5443 '' "{certificate: $HOME/cert.pem, key: $HOME/key.pem}"
      host=$(hostname):5443
      registry plain 127.0.1.1:5444
      layout x 1000
      put x $host/hub/kini/x:1
      put x $(hostname):5444/y:1
      docker pull -q $(hostname):5444/y:1 >out 2>&1 || echo 'not without HTTPS'
      docker pull -q $host/hub/kini/x:1 >out 2>&1 || grep -o certificate out | head -1
      docker pull kini/x:1 >out 2>&1 || grep -c 'not found' out
      mkdir -p .config/containers
      cat >.config/containers/registries.conf <<END
[[registry]]
location = "docker.io"
[[registry.mirror]]
location = "$host/hub"
insecure = true
[[registry]]
location = "$host"
insecure = true
[[registry]]
location = "$(hostname):5444"
insecure = true
[[registry]]
location = "registry.k8s.io"
blocked = true
END
      docker pull -q $host/hub/kini/x:1 | sed "s/$host/HOST/"
      docker pull -q kini/x:1
      docker rmi $host/hub/kini/x:1 >/dev/null
      docker pull -q $(hostname):5444/y:1 | sed "s/$(hostname)/HOST/"
      docker tag kini/x:1 $host/pushed:1
      docker push -q $host/pushed:1 | sed "s/$host/HOST/"
      docker pull registry.k8s.io/pause:3 2>&1 || true
      kini images verify | grep -o 'all right'
    `);
    assert.equal(
      shown,
      "not without HTTPS\ncertificate\n1\nHOST/hub/kini/x:1\n" +
        "docker.io/kini/x:1\nHOST:5444/y:1\nHOST/pushed:1\n" +
        "Error response from daemon: registry registry.k8s.io is blocked by " +
        "your registries.conf\nall right\n",
    );
  }));

Deno.test("--platform: an image of an index for another machine", () =>
  withHome(async () => {
    const shown = lines(
      await script(`
        registry open 127.0.0.1:5001
        layout one 1000
        cp -a layout both
        umoci config --image layout:one --architecture arm64
        skopeo --insecure-policy copy --quiet --dest-tls-verify=false oci:layout:one docker://localhost:5001/multi:arm
        skopeo --insecure-policy copy --quiet --dest-tls-verify=false oci:both:one docker://localhost:5001/multi:amd
        entry() { # TAG ARCHITECTURE
          local accept='accept: application/vnd.oci.image.manifest.v1+json'
          curl -sf -H "$accept" localhost:5001/v2/multi/manifests/$1 >$1.json
          printf '{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:%s","size":%s,"platform":{"os":"linux","architecture":"%s"}}' \\
            $(sha256sum <$1.json | cut -c1-64) $(stat -c %s $1.json) $2
        }
        printf '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[%s,%s]}' \\
          "$(entry amd amd64)" "$(entry arm arm64)" >index.json
        curl -sf -X PUT -H 'content-type: application/vnd.oci.image.index.v1+json' \\
          --data-binary @index.json localhost:5001/v2/multi/manifests/1
        docker pull --platform linux/arm64 localhost:5001/multi:1
        docker image inspect --format '{{.Architecture}}' localhost:5001/multi:1
        docker pull --platform linux/s390x localhost:5001/multi:1 2>&1 || true
        docker pull -q localhost:5001/multi:1
        docker image inspect --format '{{.Architecture}}' localhost:5001/multi:1
        docker tag localhost:5001/multi:1 localhost:5001/copy:1
        docker push localhost:5001/copy:1 | tail -1
        sha256sum <index.json
      `),
    );
    const at = shown.indexOf("localhost:5001/multi:1");
    assert.deepEqual(shown.slice(at, at + 5), [
      "localhost:5001/multi:1",
      "arm64",
      "Error response from daemon: no matching manifest for linux/s390x in the " +
      "manifest list entries",
      "localhost:5001/multi:1",
      "amd64",
    ]);
    // Both images are here by now, so all of the index goes.
    const sum = shown.at(-1)!.slice(0, 64);
    assert.match(shown.at(-2)!, new RegExp(`^1: digest: sha256:${sum} size: `));
  }));

Deno.test("Docker pulls what kini pushed, and the other way round", () =>
  withHome(async () => {
    const pushed = await script(`
      docker pull -q kini/test:1 >/dev/null
      docker tag kini/test:1 docker.io/kini/pushed:1
      docker push docker.io/kini/pushed:1 | sed -n 's/.*digest: \\(sha256:[0-9a-f]*\\) .*/\\1/p'
      docker image inspect --format '{{.Id}}' kini/test:1
    `);
    const pulled = await sh(
      `
      docker pull kini/pushed:1 | sed -n 's/^Digest: //p'
      docker image inspect --format '{{.Id}}' kini/pushed:1
      docker run --rm --entrypoint cat kini/pushed:1 /etc/passwd | grep -c app
      docker commit --change 'LABEL from=docker' $(docker create kini/pushed:1) kini/docker:1 >/dev/null
      docker push kini/docker:1 | sed -n 's/.*digest: \\(sha256:[0-9a-f]*\\) .*/\\1/p' >/share/pushed
      docker image inspect --format '{{.Id}}' kini/docker:1 >>/share/pushed
      docker ps -aq | xargs -r docker rm >/dev/null
      docker rmi kini/pushed:1 kini/docker:1 >/dev/null
    `,
      { host: "docker" },
    );
    assert.equal(pulled, `${pushed}1\n`);
    assert.equal(
      await script(`
        docker pull --platform linux/amd64 kini/docker:1 | sed -n 's/^Digest: //p'
        docker image inspect --format '{{.Id}}' kini/docker:1
        cat /share/pushed
        rm /share/pushed
      `).then((text) => {
        const [digest, id, wantDigest, wantId] = lines(text);
        return digest === wantDigest && id === wantId ? "same" : text;
      }),
      "same",
    );
  }));

Deno.test("a pull that is killed is taken up again, and memory stays flat", () =>
  withHome(async () => {
    const shown = lines(
      await script(`
        registry open 127.0.0.1:5001
        layout large 400000000 100000000 50000
        skopeo --insecure-policy copy --quiet --dest-tls-verify=false oci:layout:large docker://localhost:5001/large:1
        export XDG_CACHE_HOME=$HOME/cache
        size() { du -sk cache | cut -f1; }
        wanted=0
        for try in 1 2 3; do
          docker pull localhost:5001/large:1 >pull.log 2>&1 &
          pid=$!
          wanted=$((wanted + 60000))
          while [ $(size 2>/dev/null || echo 0) -lt $wanted ] && [ -e /proc/$pid ]; do sleep 0.01; done
          kill -9 $pid 2>/dev/null || true
          wait $pid 2>/dev/null || true
          kini images verify | grep -o 'all right'
        done
        cat >peak.py <<'PY'
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
PY
        python3 peak.py docker pull localhost:5001/large:1
        kini images verify | grep -o 'all right'
        docker tag localhost:5001/large:1 127.0.0.1:5002/large:1
        registry other 127.0.0.1:5002
        python3 peak.py docker push 127.0.0.1:5002/large:1
        for port in 5001 5002; do
          curl -sf -H 'accept: application/vnd.oci.image.manifest.v1+json' localhost:$port/v2/large/manifests/1 | sha256sum
        done
      `),
    );
    assert.deepEqual(shown.slice(0, 3), [
      "all right",
      "all right",
      "all right",
    ]);
    assert.equal(shown[4], "all right");
    for (const peak of [shown[3], shown[5]]) {
      assert.ok(Number(peak) > 0 && Number(peak) < 150 * 1024, `${peak} KiB`);
    }
    assert.equal(shown[6], shown[7]);
  }));

Deno.test("a registry that dies in the middle is waited for", () =>
  withHome(async () => {
    const shown = lines(
      await script(`
        # Kills a registry once a folder has a share of the image, while a process runs.
        kill_in_the_middle() { # NAME FOLDER PID
          until [ "$(du -sk $2 2>/dev/null | cut -f1)" -gt 40000 ] 2>/dev/null; do
            [ -e /proc/$3 ]
            sleep 0.01
          done
          kill -9 $(cat $1.pid)
          [ -e /proc/$3 ]
          docker-registry serve $1.yml >$1.log 2>&1 &
          echo $! >$1.pid
        }
        export XDG_CACHE_HOME=$HOME/cache
        registry one 127.0.0.1:5001
        registry two 127.0.0.1:5002
        layout large 300000000 100000000
        skopeo --insecure-policy copy --quiet --dest-tls-verify=false oci:layout:large docker://localhost:5001/large:1
        docker pull -q localhost:5001/large:1 & pid=$!
        kill_in_the_middle one cache $pid
        wait $pid
        kini images verify | grep -o 'all right'
        docker tag localhost:5001/large:1 127.0.0.1:5002/large:1
        docker push -q 127.0.0.1:5002/large:1 & pid=$!
        kill_in_the_middle two two $pid
        wait $pid
        for port in 5001 5002; do
          skopeo inspect --tls-verify=false --format '{{.Digest}}' docker://localhost:$port/large:1
        done
        skopeo --insecure-policy copy --quiet --src-tls-verify=false docker://localhost:5002/large:1 dir:copy
      `),
    );
    assert.deepEqual(shown.slice(0, 3), [
      "localhost:5001/large:1",
      "all right",
      "127.0.0.1:5002/large:1",
    ]);
    assert.equal(shown[3], shown[4]);
  }));
