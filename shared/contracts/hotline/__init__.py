"""Tickets of the 12345 hotline (政务热线工单): their facts and their words."""
