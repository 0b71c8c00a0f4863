"""P40, P41 and P35: the cache of searches, and a Redis that is killed, flushed, hung or slow."""
