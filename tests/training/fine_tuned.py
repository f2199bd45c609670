"""What tests of fine-tuning share: a recipe that takes seconds, and a workplace that tells of every step."""

from contextlib import contextmanager

from rhetoric.training.label_recipe import read_label_recipe
from rhetoric.training.method import Choice
from rhetoric.training.workplace import Workplace

FAST = {
    "epochs": 8,
    "encoder_rate": 1e-3,
    "head_rate": 1e-2,
    "lora_rate": 1e-2,
    "batch_tokens": 512,
    "distillation": 0.3,
    "rehearsal": 0.1,
}
FULL, LORA = Choice("full", "as asked for"), Choice("lora", "as asked for")


def recipe_of(model, data, fine_tuning=None, **others):
    settings = FAST | (fine_tuning or {})
    return read_label_recipe({"data": [data], "base": str(model), "n_seeds": 1, "fine_tuning": settings, **others})


def place_of(output, resume=False, on_step=lambda n: None):
    """Return a workplace whose bar of steps calls `on_step` with the number of steps that were taken."""

    @contextmanager
    def bars(noun, total):
        n = 0

        def advance():
            nonlocal n
            n += 1
            if noun == "steps":
                on_step(n)

        yield advance

    return Workplace(output, resume, bars)
