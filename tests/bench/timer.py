"""Runs commands in a host of the lab and measures each as a whole process.

Reads one JSON object a line: {"argv": [...], "input": BYTES}.
Answers with one a line: wall and CPU seconds, peak RSS in KiB, exit code and
what stood on stderr. stdout goes to /dev/null.

The hosts have only Debian's python3-minimal.
It runs inside the host, so entering the namespaces isn't part of any figure.
"""

import json
import os
import sys
import time
import types

try:
    import resource as _
except ImportError:
    # os.wait4 takes from that module only a tuple type with 16 places or more;
    # python3-minimal has no such module, but os.stat_result is such a type.
    sys.modules["resource"] = types.SimpleNamespace(struct_rusage=os.stat_result)


def spawn(argv, actions):
    return os.posix_spawnp(argv[0], argv, os.environ, file_actions=actions)


def measure(argv, size, null, errors):
    actions = [
        (os.POSIX_SPAWN_DUP2, null, 1),
        (os.POSIX_SPAWN_DUP2, errors, 2),
    ]
    if not size:
        started = time.perf_counter()
        pid = spawn(argv, [(os.POSIX_SPAWN_DUP2, null, 0)] + actions)
        return (started, *finish(pid))
    reader, writer = os.pipe()
    started = time.perf_counter()
    source = spawn(
        ["head", "-c", str(size), "/dev/zero"],
        [
            (os.POSIX_SPAWN_DUP2, writer, 1),
            (os.POSIX_SPAWN_DUP2, errors, 2),
        ],
    )
    pid = spawn(argv, [(os.POSIX_SPAWN_DUP2, reader, 0)] + actions)
    os.close(reader)
    os.close(writer)
    result = finish(pid)
    os.waitpid(source, 0)
    return (started, *result)


def finish(pid):
    # Unlike RUSAGE_CHILDREN this is about one child and what it waited for.
    _, status, usage = os.wait4(pid, 0)
    return time.perf_counter(), status, usage


def main():
    null = os.open(os.devnull, os.O_RDWR)
    for line in sys.stdin:
        request = json.loads(line)
        errors = os.memfd_create("stderr")
        started, ended, status, usage = measure(
            request["argv"], request.get("input", 0), null, errors
        )
        text = os.pread(errors, 4000, 0).decode(errors="replace")
        os.close(errors)
        answer = {
            "seconds": ended - started,
            "cpu": usage[0] + usage[1],  # ru_utime, ru_stime
            "rss": usage[2],  # ru_maxrss
            "code": os.waitstatus_to_exitcode(status),
            "stderr": text,
        }
        print(json.dumps(answer), flush=True)


main()
