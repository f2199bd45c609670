"""A run of invented articles whose truth is known, and people who code what was drawn from it."""

import csv
import json

import numpy as np

from rhetoric.annotation import AnnotatedArticle, ModelInfo, Sentence, Span
from rhetoric.formats import dump_line, to_record

LOADED = "loaded_language"


class World:
    """Articles of some outlets with what a model found in their sentences and what is there.

    Every loaded sentence holds one loaded word in the outlet's own voice, `dreadful`; the model's spans stand on the
    same place of a sentence, whether the word is there or not.
    """

    def __init__(self, sizes, seed=0, sensitivity=None, specificity=0.95, prevalence=0.2, n_sentences=8):
        self.rng = np.random.default_rng(seed)
        self.truth = {}
        self.articles = []
        for outlet, n in sizes.items():
            found = (sensitivity or {}).get(outlet, 0.7)
            for i in range(n):
                self.articles.append(
                    self._article(f"{outlet}-{i:03}", outlet, found, specificity, prevalence, n_sentences)
                )
        self.by_id = {article.id: article for article in self.articles}

    def _article(self, name, outlet, sensitivity, specificity, prevalence, n_sentences):
        rate = float(np.clip(self.rng.normal(prevalence, prevalence / 2), 0, 1))
        n = int(self.rng.integers(n_sentences // 2, n_sentences * 2))
        text, sentences, spans = "", [], []
        for i in range(n):
            is_loaded = bool(self.rng.random() < rate)
            self.truth[name, i] = is_loaded
            is_found = bool(self.rng.random() < (sensitivity if is_loaded else 1 - specificity))
            word = "dreadful" if is_loaded else "ordinary"
            start = len(text)
            text += f"The {word} bridge number {i} of {self.rng.integers(10**9)} was painted on a Monday."
            sentences.append(
                Sentence(start, len(text), {LOADED: 0.9 if is_found else 0.1}, (LOADED,) if is_found else ())
            )
            if is_found:
                spans.append(Span(start + 4, start + 12, LOADED, id=f"s{i}", layer="wording"))
            text += "\n" if i % 3 == 2 else " "
        meta = {"outlet": outlet, "title": f"Bridges painted, part {len(self.articles)}", "date": "2025-03-01"}
        found = {"sentences": tuple(sentences), "spans": tuple(spans), "model": ModelInfo("invented", "1")}
        return AnnotatedArticle(name, text, meta, **found)

    def write(self, path):
        path.write_bytes(b"".join(dump_line(to_record(article)) for article in self.articles))
        return path

    def share(self, outlet):
        """The true share of loaded sentences of an outlet."""
        values = [v for (name, _), v in self.truth.items() if self.by_id[name].meta["outlet"] == outlet]
        return sum(values) / len(values)


def read_csv(path):
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def write_csv(path, rows):
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def code_csv(source, target, coder="ann", is_loaded=lambda text: "dreadful" in text, version="1.0", code=LOADED):
    """Code a spreadsheet as a person would who sees nothing but the text."""
    rows = read_csv(source)
    for row in rows:
        row.update(label=code if is_loaded(row["text"]) else "", coder=coder, codebook_version=version)
    return write_csv(target, rows)


def read_jsonl(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def marked(text, word="dreadful", label=LOADED):
    """The stretches that a person marks in a text."""
    starts = [i for i in range(len(text)) if text.startswith(word, i)]
    return [{"start": i, "end": i + len(word), "label": label, "text": word} for i in starts]


def code_spans(source, target, coder="ann", label=LOADED):
    rows = [{**row, "spans": marked(row["text"], label=label), "coder": coder} for row in read_jsonl(source)]
    target.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return target
