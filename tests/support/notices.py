"""A holiday notice as it may come for 2027, in the form of holiday-cn."""

from datetime import date, timedelta
from typing import Any

OFF = (
    ("元旦", "2027-01-01", 4),
    ("春节", "2027-02-05", 7),
    ("清明节", "2027-04-03", 3),
    ("劳动节", "2027-05-01", 5),
    ("端午节", "2027-06-09", 1),
    ("中秋节", "2027-09-15", 3),
    ("国庆节", "2027-10-01", 7),
)
"""A holiday, its first day off, and how many there are."""

WORKED = (("元旦", "2027-01-09"), ("春节", "2027-02-14"), ("国庆节", "2027-10-09"))
"""Weekend days that make up for one."""


def notice(**parts: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
    """Return the whole notice, with *parts* in place of its own."""
    off = [
        {"name": name, "date": str(date.fromisoformat(first) + timedelta(n)), "isOffDay": True}
        for name, first, count in OFF
        for n in range(count)
    ]
    worked = [{"name": name, "date": day, "isOffDay": False} for name, day in WORKED]
    return {"year": 2027, "papers": ["urn:example:notice"], "days": [*off, *worked], **parts}
