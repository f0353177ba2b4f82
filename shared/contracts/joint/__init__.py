"""Several items done as one matter (一件事一次办): its facts and its course."""
