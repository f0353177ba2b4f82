"""The referral of a case to the committee (提请审议)."""
