/**
 * Clusters with several control planes in OCI mode; the test is in `failover.ts`.
 */
import { testFailover } from "./failover.ts";
import { Host } from "./host.ts";

testFailover(new Host("incus", { kind: "0.33" }), {
  where: "OCI mode with kind 0.33 and Envoy",
  image: "docker.io/envoyproxy/envoy:v1.36.2",
  victim: "kind-control-plane2",
  // It comes back somewhere else.
  meanwhile: moveAddress,
  // Its shell is PID 1 and doesn't mind SIGTERM, as under docker.
  exitCode: 137,
  configured: /\/home\/envoy\/lds\.yaml is in force/,
});

/** The server gives the stopped control plane another address. */
async function moveAddress(host: Host): Promise<void> {
  const node = "kind-control-plane2";
  await host.sh(`
    gateway=$(incus network get incusbr0 ipv4.address)
    old=$(incus network list-leases incusbr0 -f csv | grep -E '^${node},.*,[0-9.]+,' | cut -d, -f3)
    new=\${gateway%.*}.251
    [ "$new" != "$old" ]
    # A container has a device of its own only where the profile's won't do.
    incus config device set ${node} eth0 ipv4.address="$new" 2>/dev/null ||
      incus config device override ${node} eth0 ipv4.address="$new" >/dev/null
  `);
}
