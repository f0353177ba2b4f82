"""Who hears of a card, when, and in what words."""
