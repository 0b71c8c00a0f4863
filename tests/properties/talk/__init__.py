"""Properties of the conversation."""
