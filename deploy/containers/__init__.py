"""The whole bureau in containers, tried by whoever has an engine: `make containers`."""
