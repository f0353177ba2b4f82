"""In the fold a fact is its contract's own or a struct that says the same: it is asked which."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
ASKED_PAST_IT = re.compile(r"\btype\((?:\w+\.)?(?:data|fact)\)")


def test_nobody_in_the_fold_asks_past_a_fact_of_which_type_it_is() -> None:
    fold = (ROOT / "services" / "metrics" / "domain").rglob("*.py")
    found = {
        f"{path.name}: {line.strip()}"
        for path in (*fold, ROOT / "shared" / "contracts" / "course.py")
        for line in path.read_text().splitlines()
        if ASKED_PAST_IT.search(line)
    }

    assert found == {"entry.py: if type(fact) is msgspec.Raw:"}
