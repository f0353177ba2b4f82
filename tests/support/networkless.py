"""
A program where there is nobody but this machine.

As root in a network of its own, which has a loopback and no way out; else with every registry and
proxy named to be where nobody listens.
"""

import fcntl
import os
import shutil
import socket
import struct
import subprocess
import sys
from collections.abc import Sequence

NOWHERE = "http://127.0.0.1:9"
PROXIES = ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY")
REGISTRIES = ("PIP_INDEX_URL", "UV_DEFAULT_INDEX", "npm_config_registry")
LED_NOWHERE = dict.fromkeys((*PROXIES, *REGISTRIES), NOWHERE)
GET_FLAGS, SET_FLAGS, UP = 0x8913, 0x8914, 0x1
REQUEST = struct.Struct("16sh14x")


def alone(argv: Sequence[str]) -> list[str]:
    """Return what runs *argv* without a network, as far as this machine lets us."""
    unshare = shutil.which("unshare")
    if unshare and subprocess.run([unshare, "-n", "true"], check=False).returncode == 0:
        return [unshare, "-n", sys.executable, __file__, *argv]
    return ["env", *(f"{name}={value}" for name, value in LED_NOWHERE.items()), *argv]


def loop_back() -> None:
    """Let this machine reach itself, which nobody has told a new network yet."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        _, flags = REQUEST.unpack(fcntl.ioctl(asking, GET_FLAGS, REQUEST.pack(b"lo", 0)))
        fcntl.ioctl(asking, SET_FLAGS, REQUEST.pack(b"lo", flags | UP))


if __name__ == "__main__":
    loop_back()
    os.execvp(sys.argv[1], sys.argv[1:])  # noqa: S606 - whatever the test runs
