"""The thinking and the wording of the conversation."""
