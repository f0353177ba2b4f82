"""What the bureau aims at of its own accord, beside what the plan says (自设目标)."""
