"""What metrics does with a batch, a due deadline, a reader's question and an auditor's doubt."""
