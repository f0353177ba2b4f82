"""The embedded stack: PostgreSQL, Kafka and our services on one machine; no rule of a service."""
