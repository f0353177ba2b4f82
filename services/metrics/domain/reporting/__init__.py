"""What people report of the annual plan (进度填报)."""
