"""What goes into a model and what comes out, looked at by rules that no text can argue with."""
