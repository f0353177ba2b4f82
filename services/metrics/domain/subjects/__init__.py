"""What the fold keeps of each kind of subject: one file a kind."""
