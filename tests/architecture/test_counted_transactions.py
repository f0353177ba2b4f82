"""Transactions are counted by the store's own functions: a restored dump counts from elsewhere."""

from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
ERAS = CHECKOUT / "shared" / "eventstore" / "eras.py"
"""Where these functions are made anew (ADR 44)."""
SOURCES = [
    path
    for package in ("services", "shared", "deploy")
    for path in sorted((CHECKOUT / package).rglob("*.py"))
    if path != ERAS and "node_modules" not in path.parts
]
COUNTED_BY_THE_CLUSTER = ("pg_snapshot_xmin", "pg_current_xact_id", "pg_visible_in_snapshot")


@pytest.mark.parametrize("name", COUNTED_BY_THE_CLUSTER)
def test_nobody_asks_the_cluster_past_the_store(name: str) -> None:
    asking = [path.name for path in SOURCES if name in path.read_text(encoding="utf-8")]

    assert asking == []
