"""
What reaches metrics over Kafka: whole batches through a Faust worker, folded lane by lane.

Faust lives here alone: it joins the group, and brings and takes partitions.
"""
