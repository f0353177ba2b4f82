"""
The approval hall: cases from receipt to archive, and the gateway for other systems' facts.

Nothing about ratings, assistance or deadlines' alerts: those have services of their own.
"""
