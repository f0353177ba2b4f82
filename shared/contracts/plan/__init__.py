"""The bureau's annual plan, where no system tells of it: what people report (年度计划)."""
