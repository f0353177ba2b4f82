"""What has to be done by when: limits that run, and the cards that come of them."""
