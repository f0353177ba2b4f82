"""A rectification (整改): what a bad rating orders, step by step to its closing."""
