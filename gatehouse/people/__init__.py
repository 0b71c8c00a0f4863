"""The guest book: visitors, leads, what they asked of us."""
