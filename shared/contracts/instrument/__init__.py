"""Electronic certificates, seals, signatures and archives (四电) in a case: the facts."""
