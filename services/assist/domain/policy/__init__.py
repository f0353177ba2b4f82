"""A policy for enterprises in the list (惠企政策)."""
