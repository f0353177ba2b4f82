"""The assist task (帮办代办任务), from the request to the rating."""
