"""The lab: visitors, a supervisor, a killer, and a checker of what is left at the end."""
