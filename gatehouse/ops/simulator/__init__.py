"""A model server for tests, demos and load: OpenAI's protocol, behaving as it is told."""
