"""One's own stretches of text by fine-tuning: a BIO tagger for each label, learnt together with the encoder."""

from collections.abc import Sequence
from dataclasses import dataclass

from rhetoric.errors import InputError
from rhetoric.formats.coded import CodedText
from rhetoric.formats.coded.codings import require_one_codebook
from rhetoric.runtime import load_network
from rhetoric.runtime.added import AddedHead
from rhetoric.runtime.heads import N_TAGS
from rhetoric.training.evaluating import SpanScore
from rhetoric.training.frozen import LinearHead
from rhetoric.training.job import Ended, Job, begin_job
from rhetoric.training.label_recipe import LabelRecipe
from rhetoric.training.marked import MarkedText, ReadText, join_marks, known_marks, read_marked
from rhetoric.training.method import Choice
from rhetoric.training.outcomes import Outcome
from rhetoric.training.own_folder import linear_of
from rhetoric.training.own_spans import (
    Tagger,
    TrainedSpans,
    cut_tagger,
    find_span_head,
    join_taggers,
    mean_f1,
    score_by_outlet,
    score_taggers,
)
from rhetoric.training.plans import plan_splits
from rhetoric.training.span_task import SpanTask
from rhetoric.training.trials import Part, name_parts, run_parts
from rhetoric.training.workplace import Workplace

__all__ = ["fine_tune_spans"]


@dataclass(frozen=True)
class _Finished:
    ended: Ended
    taggers: dict[str, Tagger]
    test: list[ReadText]
    scores: tuple[SpanScore, ...]

    @property
    def value(self) -> str | None:
        return self.ended.part.value


def fine_tune_spans(
    recipe: LabelRecipe, choice: Choice, texts: Sequence[CodedText], test: Sequence[CodedText], place: Workplace
) -> TrainedSpans:
    """Fine-tune on marked texts and write the model, which finds all that the base model finds and the new stretches.

    After Ctrl-C the best network so far is written, and the rest of the seeds and values is left out.

    Args:
        recipe: what to train on what.
        choice: full or LoRA, and why.
        texts: the codings.
        test: those to test on; without any, a fifth of the texts is kept for it.
        place: where to work, and where the model goes.

    Raises:
        ConfigError: a label has the name of one that the base model has, the recipe asks for what stretches lack, the
            folder is taken, or an unfinished training is of something else.
        InputError: a label has too few stretches, versions of a codebook are mixed, or the test data leak.
        MissingExtraError: what training needs is not installed.
        ModelError: the encoder cannot be loaded.
        UsageError: there is an unfinished training, and it is not to go on.
    """
    require_one_codebook(texts)
    job = begin_job(recipe, choice, place)
    marked = join_marks(texts)
    head = find_span_head(recipe, marked, job.base)
    every = [*marked, *known_marks(join_marks(test) if test else [], head.labels)]
    parts = name_parts(plan_splits(recipe, every, len(marked), recipe.fine_tuning.tuning_share))
    for part in parts:
        _require_marks(head, [every[i] for i in part.split.tuning])
    lines = (_line(text, is_test=i >= len(marked)) for i, text in enumerate(every))
    trial = job.trial(SpanTask(head, every), lines)
    finished = [_finished(job, head, *ended, every) for ended in run_parts(trial, parts, place)]
    first, split = finished[0], parts[0].split
    return TrainedSpans(
        head,
        first.scores,
        len(split.train),
        len(split.test),
        first.ended.rules,
        tuple(mean_f1(one.scores) for one in finished if one.value is None),
        {one.value: one.scores for one in finished if one.value is not None},
        score_by_outlet(first.taggers, first.test),
        job.settle(first.ended, len(finished), len(parts)),
    )


def _line(text: MarkedText, *, is_test: bool) -> str:
    return f"{text.id} {text.text} {text.marks} {text.group} {is_test}"


def _require_marks(head: AddedHead, tuning: Sequence[MarkedText]) -> None:
    """Refuse a tuning part by which a tagger could not be cut.

    Raises:
        InputError: no stretch of a label is in it.
    """
    for label in head.labels:
        if not any(text.marks.get(label) for text in tuning):
            message = (
                f"of {len(tuning)} texts to tune on, none has a stretch {label!r}: expected some; mark more, or give"
                " --method frozen"
            )
            raise InputError(message)


def _finished(job: Job, head: AddedHead, part: Part, outcome: Outcome, marked: Sequence[MarkedText]) -> _Finished:
    """Return a training's taggers, cut and calibrated on its tuning part as the runtime reads it."""
    network = load_network(job.place.run(part.name).model)
    with job.place.bars("texts read", len(part.split.tuning) + len(part.split.test)) as advance:
        tuning = [read_marked(marked[i], network, advance) for i in part.split.tuning]
        test = [read_marked(marked[i], network, advance) for i in part.split.test]
    linear = linear_of(head, network.heads)
    texts = [(read.marked, read.aligned) for read in tuning]
    taggers = {}
    for i, label in enumerate(head.labels):
        rows = slice(N_TAGS * i, N_TAGS * (i + 1))
        own = LinearHead(linear.weight[rows], linear.bias[rows])
        taggers[label] = cut_tagger(label, own, texts, [own.logits(read.words) for read in tuning])
    ended = Ended(part, outcome, join_taggers(taggers), [text.text for text in marked])
    return _Finished(ended, taggers, test, score_taggers(taggers, test))
