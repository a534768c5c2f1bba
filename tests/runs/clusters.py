"""Clusters on one machine, started and stopped with a test."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
QUICK_JAVA = (
    "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:+IgnoreUnrecognizedVMOptions"
    " -XX:+UnlockDiagnosticVMOptions -XX:-BytecodeVerificationRemote"
)
"""For Java machines that run a few seconds: compiling and checking code is half of it."""


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
def spark_cluster(folder: Path) -> Iterator[str]:
    """Yield the address of a Spark master with a worker of two cores."""
    found = find_spec("pyspark")
    assert found is not None
    assert found.submodule_search_locations
    program = str(Path(found.submodule_search_locations[0]) / "bin" / "spark-class")
    options = ["--host", "127.0.0.1", "--webui-port", "0"]
    deploy = "org.apache.spark.deploy"
    with ExitStack() as stack:
        master = [program, f"{deploy}.master.Master", *options, "--port", "0"]
        address = stack.enter_context(running(master, r"Starting Spark master at (spark://\S+)"))
        worker = [program, f"{deploy}.worker.Worker", *options, "--cores", "2", "--memory", "1g"]
        worker += ["--work-dir", str(folder), address]
        stack.enter_context(running(worker, "Successfully registered with master"))
        yield address


@contextmanager
def running(command: Sequence[str], ready: str) -> Iterator[str]:
    """Run a program during the block, and yield what it prints once it is ready."""
    environment = os.environ | {
        "PYTHONPATH": str(ROOT),
        "PYSPARK_PYTHON": sys.executable,
        "SPARK_LOCAL_IP": "127.0.0.1",
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


def need(engine: str) -> None:
    """Skip a test with a reason if an engine cannot run."""
    package = {"ray": "ray", "spark": "pyspark"}[engine]
    if not find_spec(package):  # importing it here would emit its warnings
        pytest.skip(f"the extra {engine} is not installed")
    if engine == "spark" and not (shutil.which("java") or os.environ.get("JAVA_HOME")):
        pytest.skip("Spark runs on Java, and this machine has none: install a JRE of 17 or later")
