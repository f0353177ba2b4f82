"""The image of a revision: built, and looked at."""

import json
import os
import shutil
import subprocess

from deploy.containers.engine import Engine, EngineFailed
from deploy.stack.places import CHECKOUT

MIRRORS = ("PIP_INDEX_URL", "NPM_CONFIG_REGISTRY")
MEGABYTE = 1_000_000
UNPRIVILEGED = "10001:10001"
MATERIALS = "casetrack.materials"
"""The label that says where the image tells what it is made of."""


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
    Return how large the image is, whose it is, and of how many packages it says that it is made.

    Raises:
        EngineFailed: it would run as root, or does not say what it is made of.
    """
    (told,) = json.loads(engine.tell("image", "inspect", f"casetrack:{version}"))
    user, labels = told["Config"]["User"], told["Config"]["Labels"]
    if user != UNPRIVILEGED:
        raise EngineFailed(f"the image runs as {user or 'root'}")
    says = ("run", "--rm", "--entrypoint", "cat", f"casetrack:{version}", labels[MATERIALS])
    made_of = len(json.loads(engine.tell(*says))["components"])
    size = f"{told['Size'] / MEGABYTE:.0f} MB"
    return f"{size}, user {user}, {len(labels)} labels, {made_of} packages in its bill of materials"


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
