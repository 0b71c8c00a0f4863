"""Simulated home seekers: whole conversations over HTTP, and an exact account of what they saw."""
