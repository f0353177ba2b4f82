"""How the processes of metrics are put together: those that fold, and the one that answers."""
