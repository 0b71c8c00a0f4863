"""Section 6, row by row: what a visitor sees while a part is away, in every language."""
