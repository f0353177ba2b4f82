"""A problem that was found on a walk, and its owner has to remove (走流程问题)."""
