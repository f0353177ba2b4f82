"""What review does when something is asked of it, told to it, or follows by itself."""
