"""The folder of an unfinished training: whose it is, and what is done in it."""

from contextlib import nullcontext

import pytest

from rhetoric.errors import ConfigError, UsageError
from rhetoric.training.outcomes import Outcome
from rhetoric.training.workplace import Workplace

CLAIM = {"data": "abc", "seed": 13, "encoder": None}
OUTCOME = Outcome(10, 20, 8, -0.5, False)


def place(tmp_path, resume=False):
    return Workplace(tmp_path / "mine", resume, lambda noun, total: nullcontext(lambda: None))


def begin(tmp_path, is_saved=True):
    """Claim the folder, and leave a checkpoint in it, in full or in part."""
    place(tmp_path).claim(CLAIM)
    checkpoint = place(tmp_path).run("seed-13").checkpoints / "checkpoint-8"
    checkpoint.mkdir(parents=True)
    (checkpoint / ("trainer_state.json" if is_saved else "model.safetensors")).write_text("{}")


def test_a_training_can_be_gone_on_with(tmp_path):
    begin(tmp_path)
    place(tmp_path, resume=True).claim(dict(CLAIM))


def test_what_came_to_nothing_stands_in_nobodys_way(tmp_path):
    begin(tmp_path, is_saved=False)
    place(tmp_path).claim(CLAIM | {"seed": 14})
    assert '"seed": 14' in (tmp_path / "mine.work" / "claim.json").read_text()


def test_nothing_to_go_on_with_is_begun(tmp_path):
    place(tmp_path, resume=True).claim(CLAIM)
    assert (tmp_path / "mine.work" / "claim.json").is_file()


def test_an_unfinished_training_is_not_overwritten(tmp_path):
    begin(tmp_path)
    with pytest.raises(UsageError, match=r"mine\.work holds an unfinished training: give --resume"):
        place(tmp_path).claim(CLAIM)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"data": "xyz"}, "of another data ('abc', now 'xyz')"),
        ({"seed": 14}, "of another seed (13, now 14)"),
        ({"base_model": "small 3"}, "of another base model (None, now 'small 3')"),
    ],
)
def test_another_training_is_refused_with_the_reason(tmp_path, change, words):
    begin(tmp_path)
    with pytest.raises(ConfigError) as refused:
        place(tmp_path, resume=True).claim(CLAIM | change)
    assert words in str(refused.value)


def test_a_run_that_ended_is_known(tmp_path):
    run = place(tmp_path).run("seed-13")
    assert run.outcome() is None
    run.checkpoints.mkdir(parents=True)
    run.end(OUTCOME)
    assert run.outcome() == OUTCOME
    assert not run.checkpoints.exists()
    place(tmp_path).clear()
    assert not (tmp_path / "mine.work").exists()
