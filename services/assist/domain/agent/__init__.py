"""An agent on the roster of those who help (帮办代办员)."""
