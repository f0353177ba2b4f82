"""The figures: one file for each item of the plan, and what all of them share."""
