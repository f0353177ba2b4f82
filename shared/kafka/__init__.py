"""How facts travel: topics, a producer that confirms, a consumer that never skips, dead letters."""
