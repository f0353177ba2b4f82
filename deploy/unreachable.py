"""A server that we cannot reach, or that does not let us in: one line for people, and a way out."""

from deploy.faults import ServerDistrusted, ServerUnreachable
from deploy.texts import text
from shared.runtime.refused import distrust_of


def unreachable(server: str, failure: Exception) -> ServerUnreachable:
    """Return what to tell of *failure*, which came up on the way to *server*."""
    distrust = distrust_of(failure)
    if distrust is None:
        return ServerUnreachable(server=server, reason=str(failure))
    said = text(f"distrust.{distrust.value}", server=server)
    return ServerDistrusted(server=server, reason=said.title, way_out=said.detail)
