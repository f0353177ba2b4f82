"""Where facts are kept: append-only streams in PostgreSQL, which are the outbox too."""
