"""Days of articles."""

from datetime import date

import pytest

from rhetoric.framing.dates import read_day


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("2026-03-02", date(2026, 3, 2)),
        ("2026-03-02 08:00", date(2026, 3, 2)),
        (date(2026, 3, 2), date(2026, 3, 2)),
        ("2026-02-30", None),
        ("02.03.2026", None),
        ("", None),
        (None, None),
        (20260302, date(2026, 3, 2)),
    ],
)
def test_read_day(value, day):
    assert read_day(value) == day
