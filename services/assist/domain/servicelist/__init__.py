"""The list of what is done at home, version by version (上门帮办事项清单)."""
