"""Where the tables of metrics are, and the facts that supervision records."""

SEARCH_PATH = "metrics,supervision"
