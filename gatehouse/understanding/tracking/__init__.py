"""Following a dialogue through any service that a schema describes: homes, terms and visits."""
