"""What this code makes a projection by: the sources of the fold, its figures and the rules."""

from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path

from services.metrics.domain.dossier import FOLD_VERSION
from services.metrics.domain.figures import register
from services.metrics.domain.fingerprint import Fingerprint, fingerprint_of
from shared.policy.rules import shipped

PACKAGES = ("services.metrics.domain", "shared.contracts", "shared.policy")
"""Whatever they hold may change a figure: a new type of fact, for one, makes old facts known."""
MODULES = (
    "services.metrics.handlers.reading",
    "services.metrics.adapters.batch",
    "services.metrics.adapters.columns",
)
"""What reads a fact, and what lays out a row."""
SUFFIXES = frozenset({".py", ".json"})
GENERATED = frozenset({"schemas", "examples"})
"""They follow from the contracts."""


@cache
def our_fingerprint() -> Fingerprint:
    """Return what a projection that we make is made by."""
    rules = shipped()
    return fingerprint_of(
        FOLD_VERSION,
        [
            *sources(),
            ("figures", "\n".join(register.REGISTER.by_id).encode()),
            ("calendar", rules.calendar.version.encode()),
        ],
    )


def sources() -> Iterator[tuple[str, bytes]]:
    for name in PACKAGES:
        folder = Path(str(import_module(name).__file__)).parent
        for path in folder.rglob("*"):
            if path.suffix in SUFFIXES and not GENERATED & set(path.parts):
                yield f"{name}/{path.relative_to(folder).as_posix()}", path.read_bytes()
    for name in MODULES:
        yield name, Path(str(import_module(name).__file__)).read_bytes()
