"""What long work says on stderr."""

import io
import sys

import pytest

from rhetoric.cli.progress import progress


class Terminal(io.StringIO):
    def isatty(self):
        return True


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def said(capsys):
    return lambda: capsys.readouterr().err.splitlines()


def test_a_log_has_a_line_every_half_minute(said):
    clock = Clock()
    with progress(False, "articles", clock=clock) as count:
        count.expect(5000)
        for _ in range(70):
            clock.now += 1
            count(20)
    assert said() == [
        "rhetoric: 600 of about 5,000 articles, 20.0 a second, about 0:03:40 left",
        "rhetoric: 1,200 of about 5,000 articles, 20.0 a second, about 0:03:10 left",
    ]


def test_a_log_tells_of_failures_and_not_of_a_total_that_nobody_knows(said):
    clock = Clock()
    with progress(False, "articles", clock=clock) as count:
        count(1000, 3)
        clock.now += 40
        count(200, 1)
    assert said() == ["rhetoric: 1,200 articles, 30.0 a second, 4 failed"]


def test_more_than_the_estimate_is_no_time_left(said):
    clock = Clock()
    with progress(False, "articles", 10, clock) as count:
        clock.now += 3600
        count(7200)
    assert said() == ["rhetoric: 7,200 of about 10 articles, 2.0 a second"]


def test_short_work_and_quiet_work_say_nothing(said):
    clock = Clock()
    with progress(False, "articles", clock=clock) as count:
        clock.now += 29
        count()
    with progress(True, "articles", clock=clock) as count:
        count.expect(3)
        clock.now += 1000
        count()
    assert said() == []


def test_a_terminal_shows_a_bar_with_rate_and_failures(monkeypatch):
    monkeypatch.setattr(sys, "stderr", Terminal())
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "120")
    with progress(False, "articles") as count:
        count.expect(400)
        for _ in range(3):
            count(20, 2)
        count.bar.refresh()
        shown = sys.stderr.getvalue()
    assert "60/400" in shown
    assert "6 failed" in shown
    assert "/s" in shown
