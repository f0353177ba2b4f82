"""What the services share: contracts, policy, runtime, event store, Kafka, relay; a seventh is a decision."""
