"""P42: the assignment is sticky, monotone, even, and independent from rollout to rollout."""
