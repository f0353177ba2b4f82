"""What assist does between its edge and its decisions."""
