"""What assist does when something is asked of it."""
