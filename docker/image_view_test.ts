import assert from "node:assert/strict";
import { renderInspect, renderRows } from "./format.ts";
import { imageRowOptions, imageRows } from "./image_row.ts";
import { type DockerImage, imageView } from "./image_view.ts";

const REPOSITORY = { registry: "docker.io", repository: "kini/test" };
const DIGEST = `sha256:${"d".repeat(64)}`;

const IMAGE: DockerImage = {
  id: `sha256:${"5a7a89e47df8".padEnd(64, "0")}`,
  references: [
    { ...REPOSITORY, tag: "1" },
    { ...REPOSITORY, digest: DIGEST },
  ],
  created: "2026-01-02T03:04:05.200312732Z",
  architecture: "amd64",
  variant: "",
  size: 2_026_729,
  layers: [],
  history: [],
  author: "",
  comment: "",
  lastTagged: "",
  stored: {},
  env: ["PATH=/bin", "FOO=bar"],
  entrypoint: ["/bin/sh", "-c"],
  cmd: ["echo started"],
  labels: { "org.example.test": "yes" },
  user: "1000:1000",
  workingDir: "/app",
  exposedPorts: ["80/tcp"],
  volumes: [],
  stopSignal: "SIGTERM",
};

Deno.test("imageView() has docker's fields in docker's order", () => {
  assert.equal(
    renderInspect([imageView(IMAGE)], "json"),
    `[{"Id":"${IMAGE.id}","RepoTags":["kini/test:1"],` +
      `"RepoDigests":["kini/test@${DIGEST}"],"Parent":"","Comment":"",` +
      '"Created":"2026-01-02T03:04:05.200312732Z","DockerVersion":"",' +
      '"Author":"","Config":{"Hostname":"","Domainname":"",' +
      '"User":"1000:1000","AttachStdin":false,"AttachStdout":false,' +
      '"AttachStderr":false,"ExposedPorts":{"80/tcp":{}},"Tty":false,' +
      '"OpenStdin":false,"StdinOnce":false,"Env":["PATH=/bin","FOO=bar"],' +
      '"Cmd":["echo started"],"Image":"","Volumes":null,' +
      '"WorkingDir":"/app","Entrypoint":["/bin/sh","-c"],"OnBuild":null,' +
      '"Labels":{"org.example.test":"yes"},"StopSignal":"SIGTERM"},' +
      '"Architecture":"amd64","Os":"linux","Size":2026729,' +
      '"GraphDriver":{"Data":null,"Name":"incus"},' +
      '"RootFS":{"Type":"layers"},' +
      '"Metadata":{"LastTagTime":"0001-01-01T00:00:00Z"}}]\n',
  );
});

Deno.test("imageView() gives its id under both of its names", () => {
  for (const template of ["{{ .Id }}", "{{.ID}}"]) {
    assert.equal(renderInspect([imageView(IMAGE)], template), `${IMAGE.id}\n`);
  }
});

Deno.test("imageView() reads no more than a template shows", () => {
  const view = imageView(Object.create(IMAGE, {
    size: {
      get() {
        throw new Error("the size was read");
      },
    },
  }));
  renderInspect([view], "{{ .Id }} {{.Config.Env}} {{.Config.Labels}}");
});

Deno.test("imageRows() has a row for each name", () => {
  const now = new Date("2026-01-02T05:04:05Z");
  const list = (
    image: DockerImage,
    format: string,
    options: { digests?: boolean; noTrunc?: boolean } = {},
  ) => {
    const { digests = false, noTrunc = false } = options;
    const rows = imageRows(image, image.references, { now, noTrunc, digests });
    return renderRows(rows, format, imageRowOptions({ digests, quiet: false }));
  };
  assert.equal(
    list(IMAGE, ""),
    "REPOSITORY   TAG       IMAGE ID       CREATED       SIZE\n" +
      "kini/test    1         5a7a89e47df8   2 hours ago   2.03MB\n",
  );
  const untagged = { ...IMAGE, references: IMAGE.references.slice(1) };
  const cases: [image: DockerImage, digests: boolean, want: string][] = [
    [IMAGE, true, `kini/test 1 ${DIGEST}`],
    [IMAGE, false, "kini/test 1 <none>"],
    [untagged, false, "kini/test <none> "],
    [{ ...IMAGE, references: [] }, true, "<none> <none> <none>"],
    [untagged, true, `kini/test <none> ${DIGEST}`],
  ];
  for (const [image, digests, want] of cases) {
    assert.equal(
      list(image, "{{.Repository}} {{.Tag}} {{.Digest}}", { digests }),
      `${want}\n`,
    );
  }
  assert.equal(list(IMAGE, "{{.ID}}", { noTrunc: true }), `${IMAGE.id}\n`);
  assert.equal(
    list({ ...IMAGE, created: "" }, "{{.CreatedSince}} {{.CreatedAt}}"),
    "N/A N/A\n",
  );
});
