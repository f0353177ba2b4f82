"""A ticket of the 12345 hotline (热线工单), from its dispatch to its close."""
