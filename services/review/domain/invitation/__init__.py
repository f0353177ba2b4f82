"""The invitation to rate (邀请评价)."""
