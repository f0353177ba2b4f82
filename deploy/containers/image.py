"""The image of a revision: built, and looked at."""

import json
import os
import shutil
import subprocess

from deploy.containers.engine import Engine, EngineFailed
from deploy.materials import IN_IMAGE, materials, otherwise, our_version
from deploy.stack.places import CHECKOUT

MIRRORS = ("PIP_INDEX_URL", "NPM_CONFIG_REGISTRY")
MEGABYTE = 1_000_000
UNPRIVILEGED = "10001:10001"
MATERIALS = "casetrack.materials"
"""The label that says where the image tells what it is made of."""
PACKAGES = """
import json
from importlib.metadata import distributions
print(json.dumps({one.name: one.version for one in distributions()}))
"""
"""Has a Python say what is installed for it."""


def build_image(engine: Engine, version: str, revision: str = "") -> str:
    """
    Build `casetrack:VERSION` from the checkout, or from a *revision* of it; return which.

    Raises:
        EngineFailed: it does not build, or there is no such revision.
    """
    named = [part for name in MIRRORS if os.environ.get(name) for part in ("--build-arg", name)]
    told = ("build", "-q", "--network", "host", *named, "-t", f"casetrack:{version}")
    labels = ("--build-arg", f"REVISION={_revision(revision or 'HEAD')}")
    if revision:
        archive = _git("archive", "--format=tar", revision)
        engine.tell(*told, *labels, "-f", "deploy/Dockerfile", "-", given=archive)
    else:
        engine.tell(*told, *labels, "-f", CHECKOUT / "deploy" / "Dockerfile", CHECKOUT)
    return _revision(revision or "HEAD")


def sight_of(engine: Engine, version: str) -> str:
    """
    Return how large the checkout's image is, whose it is, and of what it says that it is made.

    Raises:
        EngineFailed: it would run as root, or is made of something else than it says.
    """
    (told,) = json.loads(engine.tell("image", "inspect", f"casetrack:{version}"))
    user, labels = told["Config"]["User"], told["Config"]["Labels"]
    if user != UNPRIVILEGED:
        raise EngineFailed(f"the image runs as {user or 'root'}")

    def inside(program: str, *words: str) -> str:
        return engine.tell("run", "--rm", "--entrypoint", program, f"casetrack:{version}", *words)

    document = json.loads(inside("cat", labels[MATERIALS]))
    if document != materials(IN_IMAGE, our_version()):
        raise EngineFailed("what the image says of itself is not what its locks say")
    installed = json.loads(inside("python", "-c", PACKAGES))
    if differing := otherwise(document, installed):
        raise EngineFailed(f"the image is made otherwise than it says: {'; '.join(differing)}")
    return (
        f"{told['Size'] / MEGABYTE:.0f} MB, user {user}, {len(labels)} labels, "
        f"{len(document['components'])} packages in its bill of materials, all "
        f"{len(installed)} of its Python among them"
    )


def _revision(named: str) -> str:
    return _git("rev-parse", "--short", named).decode().strip()


def _git(*words: str) -> bytes:
    git = shutil.which("git")
    if git is None:
        raise EngineFailed("an image of a revision needs git")
    done = subprocess.run([git, "-C", CHECKOUT, *words], check=False, capture_output=True)
    if done.returncode != 0:
        raise EngineFailed(f"git {words[0]}: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout
