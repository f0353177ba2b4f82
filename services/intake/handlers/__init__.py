"""What intake does when something is asked of it or told to it."""
