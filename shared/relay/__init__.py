"""From the event store to Kafka: may repeat, never skips, never reorders within a stream."""
