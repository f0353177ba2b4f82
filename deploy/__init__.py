"""How casetrack is run: the embedded stack, the command, containers; nothing a service needs."""
