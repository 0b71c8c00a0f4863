"""Malformed answers of a model, each with the verdict that it must get."""
