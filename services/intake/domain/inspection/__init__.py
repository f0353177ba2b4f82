"""The site inspection (现场勘验): ordered, booked, visited, concluded, followed up."""
