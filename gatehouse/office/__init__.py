"""The office: what staff see and do, below /office/."""
