"""HTTP on the wire: parsed in C, with a bound on the head that the parser itself does not have."""

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_BYTES_MAX = 64 * 1024


class BoundedHttp(HttpToolsProtocol):
    """Hangs up on a request whose address and headers do not end."""

    _head_bytes = 0
    _in_head = True

    def data_received(self, data: bytes) -> None:
        self._head_bytes += len(data)
        super().data_received(data)
        if self._in_head and self._head_bytes > HEAD_BYTES_MAX:
            self.transport.close()

    def on_headers_complete(self) -> None:
        self._in_head = False
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        # Counted from the next arrival: what is left of this one is a small part of a head.
        self._in_head, self._head_bytes = True, 0
        super().on_message_complete()
