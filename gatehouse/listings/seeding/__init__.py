"""Believable homes of Northern Cyprus, made up from a seed: the same seed, the same homes."""
