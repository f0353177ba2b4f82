"""
Where metrics keeps what it has folded: one PostgreSQL schema, written by whole batches.

Only here does metrics speak to a driver.
"""
