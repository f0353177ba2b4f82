"""Walking the way of the public (我陪群众走流程): its facts and their words."""
