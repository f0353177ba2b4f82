"""Ports for what a test starts itself."""

import socket


def free_port() -> int:
    """Return a port of this machine that nobody listens on, a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port
