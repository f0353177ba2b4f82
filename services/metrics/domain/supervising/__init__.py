"""What people do about a card, and the orders that supervision gives (督办)."""
