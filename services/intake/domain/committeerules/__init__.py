"""The committee's rules of procedure, revision by revision (议事规则)."""
