"""How casetrack is run: the embedded stack, the command, containers; nothing that a service needs."""
