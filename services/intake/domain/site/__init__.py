"""A site where people are served, and what it offers (站点)."""
