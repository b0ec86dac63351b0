"""A bucket of S3, on this machine."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import httpx
import pytest
from moto.server import ThreadedMotoServer


@contextmanager
def bucket() -> Iterator[str]:
    """Its address. Its credentials and its endpoint are in the environment, as an operator gives them."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        endpoint, name = f"http://{host}:{port}", f"evidence-{uuid4().hex[:8]}"
        httpx.put(f"{endpoint}/{name}").raise_for_status()
        with pytest.MonkeyPatch.context() as environment:
            environment.setenv("AWS_ENDPOINT_URL", endpoint)
            environment.setenv("AWS_ACCESS_KEY_ID", "of-the-tests")
            environment.setenv("AWS_SECRET_ACCESS_KEY", "of-the-tests")
            environment.setenv("AWS_REGION", "us-east-1")
            yield f"s3://{name}/files"
    finally:
        server.stop()
