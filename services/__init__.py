"""The four services; each decides or measures, and none imports another."""
