"""The foundation: clock, config, errors, database. It knows nobody."""
