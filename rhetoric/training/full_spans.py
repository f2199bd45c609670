"""One's own stretches of text by fine-tuning: a BIO tagger for each label, learnt together with the encoder."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean

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
from rhetoric.training.method import Choice
from rhetoric.training.outcomes import Outcome
from rhetoric.training.own_folder import linear_of
from rhetoric.training.own_spans import (
    MarkedText,
    TrainedSpans,
    cut_tagger,
    find_span_head,
    join_marks,
    join_taggers,
    read_marked,
    score_taggers,
    split_marked,
)
from rhetoric.training.span_task import SpanTask
from rhetoric.training.trials import Part, run_parts
from rhetoric.training.workplace import Workplace

__all__ = ["fine_tune_spans"]


@dataclass(frozen=True)
class _Finished:
    ended: Ended
    scores: tuple[SpanScore, ...]

    @property
    def f1(self) -> float:
        return mean(one.f1.value for one in self.scores if one.measure == "ptc")


def fine_tune_spans(recipe: LabelRecipe, choice: Choice, texts: Sequence[CodedText], place: Workplace) -> TrainedSpans:
    """Fine-tune on marked texts and write the model, which finds all that the base model finds and the new stretches.

    After Ctrl-C the best network so far is written, and the rest of the seeds is left out.

    Args:
        recipe: what to train on what.
        choice: full or LoRA, and why.
        texts: the codings; a fifth of the texts is kept for testing.
        place: where to work, and where the model goes.

    Raises:
        ConfigError: a label has the name of one that the base model has, the recipe asks for what stretches lack, the
            folder is taken, or an unfinished training is of something else.
        InputError: a label has too few stretches, or versions of a codebook are mixed.
        MissingExtraError: what training needs is not installed.
        ModelError: the encoder cannot be loaded.
        UsageError: there is an unfinished training, and it is not to go on.
    """
    require_one_codebook(texts)
    job = begin_job(recipe, choice, place)
    marked = join_marks(texts)
    head = find_span_head(recipe, marked, job.base)
    seeds = [recipe.seed + i for i in range(recipe.n_seeds)]
    parts = [Part(f"seed-{s}", s, split_marked(marked, s, recipe.fine_tuning.tuning_share)) for s in seeds]
    for part in parts:
        _require_marks(head, [marked[i] for i in part.split.tuning])
    trial = job.trial(SpanTask(head, marked), (f"{text.id} {text.text} {text.marks} {text.group}" for text in marked))
    finished = [_finished(job, head, *ended, marked) for ended in run_parts(trial, parts, place)]
    first, split = finished[0], parts[0].split
    tuned = job.settle(first.ended, len(finished), len(parts))
    repeats = tuple(one.f1 for one in finished)
    return TrainedSpans(head, first.scores, len(split.train), len(split.test), repeats, tuned)


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
    return _Finished(ended, score_taggers(taggers, test))
