"""Why a limit ends when it does, for people and for programs."""
