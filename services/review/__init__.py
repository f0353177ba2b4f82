"""
What citizens say of the service (好差评), and what is done about a bad word (差评整改).

Nothing about deadlines' alerts: those are metrics'.
"""
