"""Text in which nothing hides: what a terminal would obey, or an eye would miss, is spelled out."""

import re

HIDDEN = re.compile(
    "["
    "\x00-\x1f\x7f-\x9f"  # control characters, those of eight bits too
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\uffa0"  # of no width
    "\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd\U00013430-\U0001343f"
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"  # of no width, of another line or direction
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\ud800-\uf8ff\ufdd0-\ufdef\ufff0-\ufffb\ufffe\uffff"  # halves, private ones, none at all
    "\U000e0000-\U000e00ff\U000e01f0-\U0010ffff"
    "]"
)
"""Whatever Unicode calls control, format, surrogate, private or a separator of lines; fillers."""

LONGEST_SHORT = 0xFFFF


def visible(text: str, *, keep: str = "") -> str:
    r"""Return *text* with each hidden character as `\u202e`, but for those of *keep*."""
    if HIDDEN.search(text) is None:
        return text
    return HIDDEN.sub(lambda found: found[0] if found[0] in keep else _spelled(found[0]), text)


def visible_json(document: str) -> str:
    """Return *document* with the hidden characters of its strings escaped as JSON does it."""
    return HIDDEN.sub(lambda found: found[0] if found[0] == "\n" else _escaped(found[0]), document)


def _spelled(character: str) -> str:
    number = ord(character)
    return f"\\u{number:04x}" if number <= LONGEST_SHORT else f"\\U{number:08x}"


def _escaped(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))
