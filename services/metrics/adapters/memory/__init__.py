"""The store of metrics in memory, for tests and the simulator: the same answers as PostgreSQL's."""
