"""One module for each kind of data: `add_arguments(parser)` and `run(options) -> Report`."""
