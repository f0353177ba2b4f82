"""An agency in the supermarket of intermediaries (中介机构)."""
