"""The live picture on a terminal: the stream that brings it, and how it is drawn."""
