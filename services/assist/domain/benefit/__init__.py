"""What an enterprise is granted by a policy (惠企政策兑现)."""
