"""Copies of the tiny model that a test may break, and what every message about one must be like."""

import shutil

import pytest


@pytest.fixture
def folder(tiny_model, tmp_path):
    copy = tmp_path / "broken"
    shutil.copytree(tiny_model, copy)
    return copy


@pytest.fixture(scope="session")
def texts():
    return (
        "The harbour opened. “We waited long,” Orr said. Nobody else spoke.",
        "Nine incomprehensibilities were counted by the commissioners. " * 4,
        "Short.",
        "A long line without a stop " * 12 + "x" * 70,
        "\ufeffOdd \ud83d text 👩‍👩‍👧 cafe\u0301.\r\nهذا خبر.",
    )
