"""Which loopback ports are free, and who sits on the others."""

import secrets
import socket
from collections.abc import Iterable

import psutil

from deploy.faults import PortBusy

LOOPBACK = "127.0.0.1"
CONNECT_SECONDS_MAX = 0.2
# Below those that kernels give to outgoing connections (from 32768 on Linux, RFC 6335 says 49152):
# in there, the port of a server that starts again may belong to somebody's connection by then,
# even to one that tried to reach this very server.
SERVER_PORTS = range(20_000, 32_000)


def is_free(port: int) -> bool:
    """Say whether a server could listen on *port* now."""
    with socket.socket() as probe:
        # As servers do: a port in TIME_WAIT is free, a listened one is not.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def listens(port: int) -> bool:
    """Say whether somebody takes connections on *port*."""
    try:
        with socket.create_connection((LOOPBACK, port), CONNECT_SECONDS_MAX):
            return True
    except OSError:
        return False


def any_free(offsets: Iterable[int] = (0,)) -> int:
    """Return a port that is free for a server, as are those at *offsets* from it."""
    wanted = tuple(offsets)
    while True:
        first = secrets.choice(SERVER_PORTS)
        if all(is_free(first + offset) for offset in wanted):
            return first


def preferred(port: int) -> int:
    """Return *port* if it is free, else any other."""
    return port if is_free(port) else any_free()


def require_free(port: int, part: str) -> None:
    """
    Return quietly where *port* is free.

    Raises:
        PortBusy: somebody listens on it.
    """
    if not is_free(port):
        raise PortBusy(port=port, part=part, holder=_holder(port))


def _holder(port: int) -> str:
    try:
        connections = psutil.net_connections("tcp")
    except psutil.AccessDenied:
        return "?"
    for connection in connections:
        listens = connection.status == psutil.CONN_LISTEN
        if listens and connection.laddr.port == port and connection.pid is not None:
            return _described(connection.pid)
    return "?"


def _described(pid: int) -> str:
    try:
        return f"{psutil.Process(pid).name()} (pid {pid})"
    except psutil.Error:
        return f"pid {pid}"
