"""Runs one command; prints its seconds, peak memory in MB and exit code as JSON.

    python -I -S benchmarks/measure.py LIMIT OUTPUT LOG COMMAND…

Small on purpose: a process starts with the peak memory of the one that made it, and is credited
with that where it needs less.
"""

import json
import os
import sys
import time

limit, output, log, *command = sys.argv[1:]
flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
actions = [
    (os.POSIX_SPAWN_OPEN, 1, output, flags, 0o644),
    (os.POSIX_SPAWN_OPEN, 2, log, flags, 0o644),
]
start = time.perf_counter()
pid = os.posix_spawnp("timeout", ["timeout", limit, *command], os.environ, file_actions=actions)
_, status, usage = os.wait4(pid, 0)
seconds = time.perf_counter() - start
scale = 1e-6 if sys.platform == "darwin" else 1e-3
json.dump(
    {
        "seconds": round(seconds, 3),
        "memory_mb": round(usage.ru_maxrss * scale, 1),
        "bytes": os.stat(output).st_size,  # noqa: PTH116 - pathlib takes memory
        "exit_code": os.waitstatus_to_exitcode(status),
    },
    sys.stdout,
)
