"""A joint case (一件事一次办): several cases of several organisations under one form."""
