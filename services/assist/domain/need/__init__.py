"""A need that somebody spoke of on a visit (需求)."""
