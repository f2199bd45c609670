"""The engine on Ray: the bytes of a run do not depend on it, nor on a worker that is killed."""

import os
import signal
from dataclasses import dataclass
from pathlib import Path

import pytest

from rhetoric.cli.app import main
from rhetoric.corpus.engines.ray import RayEngine, _room
from rhetoric.errors import RhetoricError
from tests.corpus.stubs import StubAnnotator, StubSpec, tree

SOME_FAILED = 4


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
            if self.died.parent.exists():  # else it has nowhere to note it, and dies every time
                self.died.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return super().annotate(article)


@pytest.mark.filterwarnings("default")
def test_command_gives_the_same_bytes_on_ray_though_one_of_two_workers_is_killed(articles, tmp_path, monkeypatch):
    pytest.importorskip("ray", reason="Ray is an extra")
    died = tmp_path / "died"

    def annotate(folder, annotator, *options):
        monkeypatch.setattr("rhetoric.corpus.AnnotatorSpec", lambda *settings: annotator)
        return main(["annotate", str(articles), "-o", str(tmp_path / folder), "--shard-size", "4", "--quiet", *options])

    assert annotate("plain", StubSpec()) == SOME_FAILED
    assert annotate("run", DyingSpec(died=str(died)), "--engine", "ray", "--workers", "2") == SOME_FAILED
    assert died.exists()
    assert tree(tmp_path / "run") == tree(tmp_path / "plain")


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
def test_a_shard_that_kills_every_worker_ends_the_run_and_what_was_done_is_kept(begin, tmp_path):
    pytest.importorskip("ray", reason="Ray is an extra")
    begin(tmp_path / "once")
    with pytest.raises(RhetoricError, match="Ray gave up: .*; what was done is kept: go on with --resume"):
        begin(tmp_path / "run", DyingSpec(died=str(tmp_path / "nowhere" / "died")), engine=RayEngine(2))
    begin(tmp_path / "run", is_resumed=True)
    assert tree(tmp_path / "run") == tree(tmp_path / "once")


@pytest.mark.parametrize(
    ("resources", "can_use_gpu", "room"),
    [
        ({"CPU": 8.0}, True, (8, {"num_cpus": 1})),
        ({"CPU": 8.0, "GPU": 2.0}, True, (2, {"num_gpus": 1})),
        ({"CPU": 8.0, "GPU": 2.0}, False, (8, {"num_cpus": 1})),
        ({}, False, (1, {"num_cpus": 1})),
    ],
)
def test_an_actor_has_a_gpu_if_there_is_one_and_the_model_runs_on_it(resources, can_use_gpu, room):
    assert _room(resources, can_use_gpu) == room
