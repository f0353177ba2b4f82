"""
The published language: what the services say to each other and to other systems.

No I/O, no rule of one service, and nothing that only one of them needs.
"""
