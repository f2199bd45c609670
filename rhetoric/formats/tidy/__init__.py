"""Annotated articles as flat tables, for those who work with data frames: one row a thing, keys that join them."""

from rhetoric.formats.tidy.tables import TABLES, Table
from rhetoric.formats.tidy.writer import TidyFormat, open_tidy

__all__ = ["TABLES", "Table", "TidyFormat", "open_tidy"]
