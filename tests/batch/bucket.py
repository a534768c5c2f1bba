"""A local S3 that runs while stdin is open: ``python -m tests.batch.bucket``."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

BUCKET = "news"
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "nobody",
    "AWS_SECRET_ACCESS_KEY": "nothing",
    "AWS_DEFAULT_REGION": "us-east-1",
}


@contextmanager
def server() -> Iterator[dict[str, str]]:
    """Yield an environment in which ``s3://news/`` is a bucket of a local S3."""
    command = [sys.executable, "-W", "ignore", "-m", "tests.batch.bucket"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        assert address, "the server did not start"
        try:
            yield CREDENTIALS | {"AWS_ENDPOINT_URL": address}
        finally:
            process.communicate()


def main() -> None:
    import boto3
    from moto.server import ThreadedMotoServer
    from werkzeug.serving import WSGIRequestHandler

    WSGIRequestHandler.protocol_version = "HTTP/1.1"  # otherwise each request opens a connection
    running = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    address = f"http://{host}:{port}"
    keys = dict(
        zip(
            ("aws_access_key_id", "aws_secret_access_key", "region_name"),
            CREDENTIALS.values(),
            strict=True,
        )
    )
    boto3.client("s3", endpoint_url=address, **keys).create_bucket(Bucket=BUCKET)
    print(address, flush=True)
    sys.stdin.read()
    running.stop()


if __name__ == "__main__":
    main()
