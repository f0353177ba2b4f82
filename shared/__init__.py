"""
What services share: contracts, policy, runtime, event store, Kafka, commands, relay.

An eighth is a decision.
"""
