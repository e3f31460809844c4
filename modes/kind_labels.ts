/**
 * The labels that kind gives its containers, by which it finds them again.
 *
 * @module
 */

/** The name of the cluster. */
export const CLUSTER_LABEL = "io.x-k8s.kind.cluster";

/** `control-plane`, `worker` or `external-load-balancer`. */
export const ROLE_LABEL = "io.x-k8s.kind.role";
