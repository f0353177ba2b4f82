"""
What services share: contracts, policy, runtime, event store, Kafka, web, commands, relay.

A ninth is a decision.
"""
