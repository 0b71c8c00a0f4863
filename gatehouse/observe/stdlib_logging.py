"""Warnings and errors of the libraries, as lines of our own journal."""

from __future__ import annotations

import logging

from gatehouse.observe import journal, masking

LIBRARIES = ("uvicorn", "uvicorn.error", "uvicorn.access", "asyncio", "psycopg", "psycopg.pool")


class JournalHandler(logging.Handler):
    """Writes one event a record; its text is masked, because it may quote values."""

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        fields = masking.describe(error) if error else {}
        level: journal.Level = "ERROR" if record.levelno >= logging.ERROR else "WARNING"
        try:
            message = masking.mask(record.getMessage().split("\n", 1)[0])
        except (TypeError, ValueError):
            message = "a log record whose arguments do not fit its text"
        journal.event("library", message=message, level=level, logger=record.name, **fields)


def capture() -> None:
    """Makes the journal the only handler; safe to repeat. Access lines are our own."""
    root = logging.getLogger()
    root.handlers = [JournalHandler(level=logging.WARNING)]
    for name in LIBRARIES:
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [], True
    logging.getLogger("uvicorn.access").disabled = True
