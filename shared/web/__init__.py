"""What every process that answers HTTP does the same way: server, gate, edge, problems."""
