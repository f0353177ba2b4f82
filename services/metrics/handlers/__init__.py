"""What metrics does with a batch of facts and with a due deadline."""
