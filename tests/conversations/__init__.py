"""Whole talks in the product's words, and the stock they are held over."""
