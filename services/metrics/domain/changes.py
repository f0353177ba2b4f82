"""What a fact changes in a dossier."""

from typing import Any

Changes = tuple[dict[str, Any], bool]
"""New values by field, and whether the fact was a legal one at this point."""
