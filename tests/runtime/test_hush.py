"""Libraries are quiet for a while, and as they were afterwards."""

import logging

from transformers.utils import logging as theirs

from rhetoric.runtime.hush import hushed


def test_what_talks_is_quiet_and_talks_again(caplog):
    before = theirs.is_progress_bar_enabled()
    with hushed():
        logging.warning("hidden")
        assert not theirs.is_progress_bar_enabled()
    logging.warning("heard")
    assert [record.message for record in caplog.records] == ["heard"]
    assert theirs.is_progress_bar_enabled() is before
