"""What happens when more comes than can be served: `python -m bench.overload`."""
