"""The ear: text in, meaning out. Pure; no I/O, no model, no clock of its own."""
