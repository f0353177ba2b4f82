"""
What metrics tells readers: one frozen model for each answer and for each part of a page.

Models alone, which know nothing of the service, as facts know nothing of their
owner: handlers return them, `openapi.json` and the page's types are made from
them, the command reads answers back into them.
"""
