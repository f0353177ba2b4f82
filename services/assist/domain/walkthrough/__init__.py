"""A leader walking the way of the public (我陪群众走流程)."""
