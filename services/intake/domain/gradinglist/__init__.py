"""Which items are decided at which level, revision by revision (分级清单)."""
