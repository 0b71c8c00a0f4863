"""The sitting room: the conversation."""
