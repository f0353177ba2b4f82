"""Policies for enterprises (惠企政策): their facts and their words."""
