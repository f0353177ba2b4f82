"""Which loopback ports are free, and who sits on the others."""

import socket

import psutil

from deploy.local.faults import PortBusy

LOOPBACK = "127.0.0.1"
CONNECT_SECONDS_MAX = 0.2


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


def any_free() -> int:
    """Return a port that the kernel considers free."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


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
