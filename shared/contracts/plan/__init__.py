"""The bureau's annual plan, where no system tells of it: targets of its own, reports (年度计划)."""
