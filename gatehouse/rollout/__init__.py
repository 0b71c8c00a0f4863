"""The control room: how a change to the agent reaches people, and how it is taken back."""
