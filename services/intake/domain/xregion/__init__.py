"""An application that is taken in for another place (跨域通办)."""
