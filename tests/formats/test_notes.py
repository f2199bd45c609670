"""Warnings: the first few of a kind in full, then their number."""

import logging

from rhetoric.formats.notes import Notes, shown


def test_notes_name_the_first_few_of_a_kind_and_count_the_rest(caplog):
    notes = Notes(2)
    with caplog.at_level(logging.WARNING):
        for i in range(5):
            notes.say("empty files", f"file {i} is empty")
        notes.say("links", "one link")
        notes.close()
        notes.close()
    assert caplog.messages == ["file 0 is empty", "file 1 is empty", "one link", "empty files: so it is with 3 more"]


def test_notes_take_percent_signs_as_they_are(caplog):
    with caplog.at_level(logging.WARNING):
        Notes().say("kind", "100 %s of it")
    assert caplog.messages == ["100 %s of it"]


def test_shown_keeps_a_line_whole():
    assert shown("Zeitung für Plön.txt") == "Zeitung für Plön.txt"
    assert "\n" not in shown("a\nb")
    assert "\x1b" not in shown("\x1b[31mred")
