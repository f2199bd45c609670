"""Ctrl-C while something is at work: heard once, obeyed the second time, and left as it was."""

import signal
import threading

import pytest

from rhetoric.training.interrupts import Interruptions


def test_a_first_one_is_heard_and_a_second_one_obeyed():
    with Interruptions() as interruptions:
        assert not interruptions.is_asked
        signal.raise_signal(signal.SIGINT)
        assert interruptions.is_asked
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)


def test_it_is_as_it_was_behind():
    before = signal.getsignal(signal.SIGINT)
    with Interruptions():
        assert signal.getsignal(signal.SIGINT) is not before
    assert signal.getsignal(signal.SIGINT) is before


def test_threads_work_without():
    found = []

    def work():
        with Interruptions() as interruptions:
            found.append(interruptions.is_asked)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert found == [False]
