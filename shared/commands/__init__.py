"""The write side's frame: from a command over HTTP to stored facts."""
