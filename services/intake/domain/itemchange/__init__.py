"""A change of an item, and where it is published (事项变更)."""
