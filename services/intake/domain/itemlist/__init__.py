"""A list of items, version by version (事项清单)."""
