"""Real case logs in XES (IEEE 1849): read as a stream, and said in our published language."""
