"""Own strings that attack, ask to steer or only sound like it, and a model that obeys them all."""
