"""A key project on the list of those that are helped (重点项目)."""
