"""
What metrics asks of its store, in words of the domain.

How a dossier, a clock or a sum is laid out in columns is known to the adapters
alone; those in memory and those in PostgreSQL keep the same promises.
"""
