"""What a session used of the tools that answer without a person (智能工具使用)."""
