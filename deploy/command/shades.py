"""The page's colours on a terminal; yellow and red belong to deadlines alone."""

import os
from collections.abc import Mapping

from rich.theme import Theme

DARK = {
    "ink": "#e8e6e1",
    "muted": "#a3a9b3",
    "line": "#4a5361",
    "accent": "#8fb4ea",
    "in_time": "#7cc79b",
    "near": "#f0c15a",
    "late": "#ff8a80",
    "stale": "#8b929c",
}
LIGHT = {
    "ink": "#1f2328",
    "muted": "#5c636d",
    "line": "#c9c4b9",
    "accent": "#2b4c7e",
    "in_time": "#2f6b4a",
    "near": "#8a5a00",
    "late": "#b3261e",
    "stale": "#6b7178",
}
BRIGHT_GROUND = 7
"""In COLORFGBG, which some terminals set, this and 15 are white grounds."""


def theme(environment: Mapping[str, str] = os.environ) -> Theme:
    """Return our colours for the ground that the terminal says it has, dark if it says nothing."""
    ground = environment.get("COLORFGBG", "").rpartition(";")[2]
    bright = ground in (str(BRIGHT_GROUND), "15")
    colours = LIGHT if bright else DARK
    return Theme(
        {**colours, **{f"{name}.bold": f"bold {colour}" for name, colour in colours.items()}}
    )
