"""The meeting of the committee (会议), at which referrals are resolved."""
