"""What many tests need: the checkout, the shipped model, and the corpora where a checkout has them beside it."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# Read by libraries when they are imported, so set before any test module is.
os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("HF_DATASETS_OFFLINE", "1")
os.environ.setdefault("MPLBACKEND", "Agg")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

# Time limits an example belong on machines that do nothing else; a fixed seed makes a failure come again.
settings.register_profile("suite", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("search", deadline=None, max_examples=2000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "suite"))

CHECKOUT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def checkout() -> Path:
    return CHECKOUT


@pytest.fixture(scope="session")
def shared() -> Path:
    folder = CHECKOUT.parent / "shared"
    if not folder.is_dir():
        pytest.skip("no ../shared beside the checkout")
    return folder


@pytest.fixture(scope="session")
def shipped_model() -> Path:
    folder = CHECKOUT / "models" / "small"
    if not (folder / "config.json").is_file():
        pytest.skip("models/small is not in the checkout")
    return folder
