"""How the rules change: what is asked, what is refused, and what an edition does to a dossier."""
