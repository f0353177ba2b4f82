"""A complaint that somebody makes in the hall (大厅投诉)."""
