"""
What services share: contracts, policy, runtime, event store, Kafka, relay.

A seventh is a decision.
"""
