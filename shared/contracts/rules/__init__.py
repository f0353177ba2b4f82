"""What the bureau judges by (规则), as facts: notices, policies, and who may tell us facts."""
