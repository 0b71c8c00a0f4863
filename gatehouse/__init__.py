"""Gatehouse: a self-hosted conversational real-estate assistant."""

__version__ = "0.1.0"
