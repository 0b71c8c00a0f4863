"""A random word in the system prompt: a reply that holds it has told the prompt."""

from __future__ import annotations

import secrets

CANARY = f"gh-{secrets.token_hex(8)}"  # of this process
