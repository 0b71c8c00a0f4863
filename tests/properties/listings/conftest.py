"""The stocked database and what stands on it."""

from tests.store.listings.stock import catalogue, sql, stock, stock_url

__all__ = ["catalogue", "sql", "stock", "stock_url"]
