"""Pages to read: what was found in articles, shown in their text."""

from rhetoric.report.article import write_html

__all__ = ["write_html"]
