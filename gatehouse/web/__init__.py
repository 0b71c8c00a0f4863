"""The front door: wiring, settings, urls, asgi, edge."""
