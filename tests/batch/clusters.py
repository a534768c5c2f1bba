"""Clusters on one machine, started and stopped with a test."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def ray_cluster() -> Iterator[str]:
    """Yield the address of a Ray with two cores."""
    port = free_port()
    command = [sys.executable, "-c", "from ray.scripts.scripts import main; main()", "start"]
    command += ["--head", "--block", "--num-cpus=2", "--port=0", "--node-ip-address=127.0.0.1"]
    command += [f"--ray-client-server-port={port}", "--include-dashboard=false"]
    command += ["--disable-usage-stats"]
    # the names of its sockets would be too long below the folder of a test
    with tempfile.TemporaryDirectory(prefix="ray", dir="/tmp", ignore_cleanup_errors=True) as name:
        command.append(f"--temp-dir={name}")
        with running(command, "Ray runtime started"):
            yield f"ray://127.0.0.1:{port}"


@contextmanager
def running(command: Sequence[str], ready: str) -> Iterator[str]:
    """Run a program during the block, and yield what it prints once it is ready."""
    environment = os.environ | {
        "PYTHONPATH": str(ROOT),
        # the server of ray:// forks one for each driver; now and then gRPC's handlers kill it
        "GRPC_ENABLE_FORK_SUPPORT": "0",
    }
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        assert process.stdout is not None
        said = []
        try:
            for line in process.stdout:
                said.append(line)
                if found := re.search(ready, line):
                    yield found[found.re.groups]
                    return
            raise AssertionError("".join(said))
        finally:
            process.terminate()
            process.communicate(timeout=60)


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
