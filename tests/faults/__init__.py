"""Fault tests: processes die, messages come twice or all at once, and the promises must hold."""
