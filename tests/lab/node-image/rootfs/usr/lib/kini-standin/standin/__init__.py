"""Stand-ins for the programs of Kubernetes on a node. They are not Kubernetes: they keep objects and start nothing."""

from pathlib import Path

# A kubeadm image knows its version, and kind's node image where kind has it.
OWN_VERSION = Path("/usr/lib/kini-standin/version")
VERSION = (OWN_VERSION if OWN_VERSION.exists() else Path("/kind/version")).read_text().strip()
BANNER = f"{VERSION} (kini stand-in, not Kubernetes)"


class Failure(Exception):
    """A reason to stop, told to the user in one line."""
