"""The voice: language models, reached over HTTP, and what guards them."""
