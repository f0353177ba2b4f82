"""A slot at the hall that somebody has booked (预约), until one was served or not."""
