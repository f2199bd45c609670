"""When a course is checked, and when it is over."""

from types import SimpleNamespace

import pytest

from rhetoric.training.finetuning import Course
from rhetoric.training.label_recipe import FineTuning


def course_of(lengths, patience=2):
    epochs = [[[]] * n for n in lengths]
    return Course(epochs, lambda network: 0.0, FineTuning(patience=patience), 1)


def state(step, *qualities):
    return SimpleNamespace(global_step=step, log_history=[{"loss": 1.0}, *({"eval_quality": q} for q in qualities)])


@pytest.mark.parametrize(
    ("lengths", "expected"), [([10, 10], 10), ([10, 12], 12), ([250], 250), ([251], 126), ([1000, 990], 250), ([1], 1)]
)
def test_checks_come_every_epoch_or_even_part_of_one(lengths, expected):
    assert course_of(lengths).n_between_checks == expected


@pytest.mark.parametrize(
    ("lengths", "patience", "found", "expected"),
    [
        ([10] * 5, 2, state(10, 0.5), False),
        ([10] * 5, 2, state(30, 0.5, 0.4, 0.3), True),
        ([10] * 5, 2, state(30, 0.5, 0.4, 0.6), False),
        ([10] * 5, 1, state(20, 0.5, 0.4), True),
        ([10] * 5, 2, state(30, 0.5, 0.5, 0.5), True),
        ([500] * 5, 1, state(750, 0.5, 0.4, 0.3), True),
        ([500] * 5, 1, state(500, 0.5, 0.4), False),
        ([10] * 5, 2, state(50, 0.1, 0.2, 0.3, 0.4, 0.5), True),
        ([10] * 5, 2, state(3), False),
    ],
)
def test_a_course_is_over_where_nothing_gets_better_or_all_is_done(lengths, patience, found, expected):
    assert course_of(lengths, patience).is_over(found) is expected


def test_steps_are_those_of_all_epochs():
    assert len(course_of([3, 4]).steps) == 7
