"""The rating (评价): given once, added to once, appealed against, never changed."""
