"""Review over HTTP: what citizens say, and the commands of those who answer."""
