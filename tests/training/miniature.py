"""Corpora in miniature, invented, in the form of the real ones; and a recipe that learns them in seconds."""

import csv
import json
from itertools import count

from rhetoric.taxonomy import SENTENCE_LABELS, SOURCE_TYPES, TARGET_VALENCES, VALENCES, technique_ids
from rhetoric.training.recipe import Recipe
from training.corpora import babe

NAMES = ("Ada Quill", "Bo Marsh", "Cy Fenn", "Dot Lowe", "Eli Dray", "Fay Nash")
INSULTS = ("a spineless crook", "a reckless fool", "a craven liar", "a heartless brute")
N_TEXTS = 12
SAVE_STEPS = 15


def text_of(i):
    """An invented text with a quotation that holds a slur, and a plain sentence."""
    name, insult = NAMES[i % len(NAMES)], INSULTS[i % len(INSULTS)]
    return f"{name} said the mayor was {insult}. The {i + 3} boats left the pier at noon.", name, insult


def place(text, phrase):
    start = text.index(phrase)
    return start, start + len(phrase)


def write_ptc(folder, split):
    for kind in ("articles", "labels-task-flc-tc"):
        (folder / f"{split}-{kind}").mkdir(parents=True)
    for i in range(N_TEXTS):
        text, _, insult = text_of(i)
        (folder / f"{split}-articles" / f"article{i}.txt").write_text(f"Harbour news\n\n{text}\n")
        spans = [("Name_Calling,Labeling", insult), ("Doubt", "the mayor was")]
        rows = [(f"{i}", name, *place(f"Harbour news\n\n{text}", phrase)) for name, phrase in spans]
        lines = "".join("\t".join(map(str, row)) + "\n" for row in rows)
        (folder / f"{split}-labels-task-flc-tc" / f"article{i}.task-flc-tc.labels").write_text(lines)


def write_polnear(folder, split):
    for kind in ("text", "attributions"):
        (folder / split / kind).mkdir(parents=True)
    for i in range(N_TEXTS):
        text, name, insult = text_of(i)
        (folder / split / "text" / f"daily_{i}.txt").write_text(text)
        parts = [("Source", name), ("Cue", "said"), ("Content", f"the mayor was {insult}")]
        found = [(role, *place(text, of), of) for role, of in parts]
        lines = [f"T{k}\t{role} {first} {last}\t{of}" for k, (role, first, last, of) in enumerate(found, 1)]
        lines.append("E1\tAttribution:T2 Source:T1 Cue:T2 Content:T3")
        (folder / split / "attributions" / f"daily_{i}_ann.ann").write_text("\n".join(lines) + "\n")


def links(is_dev):
    """Yield addresses of articles that fall on one side of BABE's split."""
    return (link for link in map("example.org/{}".format, count()) if (babe._fold(link) == 0) == is_dev)


def write_babe(folder):
    folder.mkdir()
    sides = links(False), links(True)
    with (folder / "train.csv").open("w", newline="", encoding="utf-8") as file:
        rows = csv.DictWriter(file, ["text", "news_link", "outlet", "label_bias", "biased_words"])
        rows.writeheader()
        for i in range(2 * N_TEXTS):
            first, plain = text_of(i)[0].split(". ")
            biased = {"text": f"{first}.", "label_bias": "Biased", "biased_words": str([INSULTS[i % len(INSULTS)]])}
            fair = {"text": plain, "label_bias": "Non-biased", "biased_words": "[]"}
            for row in (biased, fair):
                rows.writerow({**row, "news_link": next(sides[i % 3 == 0]), "outlet": "Gazette"})


def write_newsmtsc(folder):
    folder.mkdir()
    for name in ("train", "devtest_mt"):
        with (folder / f"{name}.jsonl").open("w", encoding="utf-8") as file:
            for i in range(N_TEXTS):
                text, source, _ = text_of(i)
                targets = [(source, 4.0), ("the mayor", 2.0), ("boats", 6.0)]
                marked = [{"from": place(text, t)[0], "to": place(text, t)[1], "polarity": p} for t, p in targets]
                file.write(json.dumps({"primary_gid": f"{name}{i}", "sentence_normalized": text, "targets": marked}))
                file.write("\n")


def write_passages(folder):
    folder.mkdir(parents=True)
    with (folder / "own.jsonl").open("w", encoding="utf-8") as file:
        for i in range(3 * N_TEXTS):
            file.write(json.dumps(passage(i)) + "\n")


def passage(i):
    text, name, insult = text_of(i)
    text = text.replace(name, "Radio Vale") if i % 2 else text

    def span(phrase):
        return dict(zip(("start", "end"), place(text, phrase), strict=True))

    attribution = {
        "source": span("Radio Vale" if i % 2 else name),
        "cue": span("said"),
        "content": [span(f"the mayor was {insult}")],
        "source_type": "state_media" if i % 2 else "named_person",
        "outlet": "Radio Vale" if i % 2 else None,
        "country": None,
        "state_media": bool(i % 2),
        "via": None,
    }
    loaded = {**span(insult), "label": "name_calling", "valence": "negative", "target": span("the mayor")}
    return {"id": f"own-{i:03}", "text": text, "spans": [loaded], "attributions": [attribution]}


def write_encoder(folder, tokenizer_of):
    """Write an untrained encoder with the tokenizer of a model folder."""
    import transformers

    transformers.set_seed(1)
    sizes = {"hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 64}
    transformers.BertModel(transformers.BertConfig(vocab_size=300, **sizes)).save_pretrained(folder)
    transformers.AutoTokenizer.from_pretrained(tokenizer_of).save_pretrained(folder)


def recipe_of(encoder, **changes):
    settings = {
        "name": "mini",
        "version": "0.1",
        "encoder": str(encoder),
        "window_size": 128,
        "context_size": 16,
        "taggers": ("loaded", "ptc_wording", "ptc_technique", "source", "cue", "content"),
        "sentence_labels": SENTENCE_LABELS,
        "span_heads": {
            "technique": technique_ids(),
            "valence": VALENCES,
            "source_type": SOURCE_TYPES,
            "target": TARGET_VALENCES,
        },
        "corpora": {name: {} for name in ("ptc", "polnear", "babe", "newsmtsc", "codebook")},
        "optimisation": {
            "epochs": 6,
            "batch_tokens": 512,
            "save_steps": SAVE_STEPS,
            "encoder_rate": 0.003,
            "head_rate": 0.01,
        },
    }
    return Recipe.model_validate(settings | changes)
