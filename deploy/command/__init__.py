"""The `casetrack` command: one module a group of sub-commands; nothing that a service needs."""
