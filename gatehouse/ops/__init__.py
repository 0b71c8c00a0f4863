"""The tool shed: bundled PostgreSQL, smoke, serve."""
