"""The windows: meters, ledger, journal, report."""
