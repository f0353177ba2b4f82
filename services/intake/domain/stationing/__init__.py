"""Whether an item is filed in the hall (事项进驻)."""
