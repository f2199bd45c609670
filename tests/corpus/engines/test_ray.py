"""The engine on Ray: the bytes of a run do not depend on it, nor on a worker that is killed."""

import os
import signal
from dataclasses import dataclass
from pathlib import Path

import pytest

from rhetoric.corpus.engines.ray import RayEngine
from tests.corpus.stubs import StubAnnotator, StubSpec, tree

pytest.importorskip("ray", reason="Ray is an extra")
pytestmark = pytest.mark.filterwarnings("default")


@dataclass(frozen=True)
class DyingSpec(StubSpec):
    """The first of its workers to meet an article dies of it, in the middle of a shard."""

    died: str = ""
    at: str = "a9"

    def load(self):
        return DyingAnnotator(Path(self.died), self.at)


class DyingAnnotator(StubAnnotator):
    def __init__(self, died, at):
        super().__init__()
        self.died, self.at = died, at

    def annotate(self, article):
        if article.id == self.at and not self.died.exists():
            self.died.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return super().annotate(article)


@pytest.fixture
def plain(begin, tmp_path):
    begin(tmp_path / "plain")
    return tree(tmp_path / "plain")


def test_two_workers_give_the_bytes_of_one_process_though_one_is_killed(begin, tmp_path, plain):
    died = tmp_path / "died"
    summary = begin(tmp_path / "run", DyingSpec(died=str(died)), engine=RayEngine(2))
    assert died.exists()
    assert summary.n_articles > 0
    assert tree(tmp_path / "run") == plain
