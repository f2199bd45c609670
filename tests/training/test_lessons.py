"""The order in which lessons are read, and that a step's lessons together say what each says alone."""

import numpy as np
import pytest
import torch

from rhetoric.runtime import load_network
from rhetoric.runtime.added import AddedHead
from rhetoric.training.keeping import Teacher, choices_of
from rhetoric.training.lessons import Lesson, Schedule, collate_lessons, make_steps
from rhetoric.training.passages import Chunk, make_chunks, read_uncoded
from rhetoric.training.student import build_network, read_student
from rhetoric.training.tuned import ClassWeights, Keeping

TEXTS = [f"The {name} left. “It rains,” said a clerk of {name}." for name in "mayor fisher board captain choir".split()]
ONE = np.ones(1, np.float32)


@pytest.fixture(scope="module")
def base(tiny_model):
    return load_network(tiny_model)


@pytest.fixture(scope="module")
def chunks(base):
    teacher = Teacher(base, is_same_reader=True, seed=1)

    def lessons(passages):
        return tuple(Lesson(p, p.bounds, np.ones((len(p.rows), 1), np.float32), teacher.ask(p)) for p in passages)

    read = make_chunks(TEXTS * 4, range(20), base.aligner, 1, in_company=True)
    return [Chunk(lessons(c.together), lessons(c.alone)) for c in read]


@pytest.fixture(scope="module")
def rehearsed(base):
    (passage,) = read_uncoded("“Never,” the captain said.", base.aligner)
    return [Lesson(passage, passage.bounds, np.ones((0, 1), np.float32), {}) for _ in range(3)]


def rows_of(lessons):
    return sorted(row for one in lessons for row in one.passage.rows.tolist())


def test_every_epoch_reads_each_text_once(chunks, rehearsed):
    epochs = make_steps(chunks, rehearsed, Schedule(4, 512, 0.3, 1))
    assert len(epochs) == 4
    for epoch in epochs:
        assert rows_of(one for step in epoch for one in step) == list(range(20))


def test_readings_take_turns(chunks):
    first, second = (
        {tuple(one.passage.rows.tolist()) for step in epoch for one in step}
        for epoch in make_steps(chunks, [], Schedule(2, 512, 0.0, 1))
    )
    assert not first & second
    assert {len(rows) for rows in first | second} > {1}


def test_steps_hold_no_more_than_their_tokens(chunks, rehearsed):
    for step in (s for epoch in make_steps(chunks, rehearsed, Schedule(3, 400, 1.0, 1)) for s in epoch):
        longest = max(one.passage.longest for one in step)
        n_windows = sum(len(one.passage.windows) for one in step)
        assert n_windows * longest <= 400 or len(step) == 1


@pytest.mark.parametrize(("share", "least", "most"), [(0.0, 0, 0), (0.5, 0.5, 0.6)])
def test_as_much_is_rehearsed_as_was_asked_for(chunks, rehearsed, share, least, most):
    for epoch in make_steps(chunks, rehearsed, Schedule(2, 512, share, 1)):
        n_tokens = [0, 0]
        for one in (one for step in epoch for one in step):
            n_tokens[bool(len(one.passage.rows))] += sum(map(len, one.passage.windows))
        assert least <= n_tokens[0] / n_tokens[1] <= most


def test_order_goes_by_the_seed(chunks):
    def order(seed):
        return [rows_of(step) for epoch in make_steps(chunks, [], Schedule(2, 256, 0.0, seed)) for step in epoch]

    assert order(1) == order(1) != order(2)


def test_lessons_together_say_what_each_says_alone(base, chunks):
    student = read_student(base, None)
    weights, keeping = ClassWeights(ONE, ONE), Keeping(0.0, choices_of(base), {})
    network = build_network(student, AddedHead("new", "sentence", ("x",)), weights, keeping, 1).eval()
    lessons = [*chunks[0].together, *chunks[1].alone, *chunks[2].together]
    with torch.no_grad():
        alone = torch.cat([network(**collate_lessons([one]))["logits"] for one in lessons])
        batch = collate_lessons(lessons)
        torch.testing.assert_close(network(**batch)["logits"], alone, rtol=1e-4, atol=1e-5)
        words = network.network.encode_words(batch["input_ids"], batch["attention_mask"], batch["word_positions"])
        for name, (rows, _) in batch["probes"].items():
            found = network.ask(name, words, rows)
            asked = [network.ask(name, *_alone(network, one, name)) for one in lessons if name in one.probes]
            torch.testing.assert_close(found, torch.cat(asked), rtol=1e-4, atol=1e-4)


def _alone(network, lesson, name):
    batch = collate_lessons([lesson])
    words = network.network.encode_words(batch["input_ids"], batch["attention_mask"], batch["word_positions"])
    return words, torch.from_numpy(lesson.probes[name].rows)
