"""What the bureau judges by (规则): holiday notices, policies and who may tell us facts, as facts."""
