"""Dates of articles: those of ISO 8601, with or without a time; anything else is ambiguous and counts as none."""

from datetime import date

__all__ = ["read_day"]

N_CHARACTERS = 10


def read_day(value: object) -> date | None:
    """Return the day that a field tells, None where it tells none.

    >>> read_day("2026-03-02T08:00Z")
    datetime.date(2026, 3, 2)
    >>> read_day("3/2/2026") is None
    True
    """
    try:
        return date.fromisoformat(str(value)[:N_CHARACTERS])
    except ValueError:
        return None
