"""A matter that was not done on the spot (未办成事), from its record to the call back."""
