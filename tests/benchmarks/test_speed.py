import re

import pytest

from benchmarks import speed
from rhetoric import Annotator, Article

pytest.importorskip("torch")
pytest.importorskip("transformers")


def test_benchmark_times_all_sides_on_the_same_articles(tiny_model, tmp_path, capsys):
    for i in range(3):
        (tmp_path / f"a{i}.txt").write_text("The ferry left at noon. Nobody knew why.", encoding="utf-8")
    speed.main([tmp_path], model=str(tiny_model), n_articles=2, rounds=2, batch_size=2)
    first, ours, *others = capsys.readouterr().out.splitlines()
    n_tokens = 2 * len("Theferryleftatnoon.Nobodyknewwhy.")  # the tiny tokenizer has one token a character
    assert first.startswith(f"2 articles, {n_tokens} tokens, 2 rounds, ")
    assert re.fullmatch(r"ours, all layers, int8: [\d,]+ tokens/s", ours)
    assert [line.split(":")[0] for line in others] == [
        "pipeline, one head, float32, text by text",
        "pipeline, one head, float32, batches of 2",
        "bare encoder, int8",
    ]
    for line in others:
        ratio = re.search(r": [\d,]+ tokens/s, takes (\S+) times as long as ours \((\S+) to (\S+)\)$", line)
        median, low, high = map(float, ratio.groups())
        assert 0 <= low <= median <= high


def test_bare_encoder_reads_the_windows_of_the_articles(tiny_model):
    annotator = Annotator(tiny_model, backend="onnx")
    read = []
    annotator.network.encoder.encode = lambda windows: iter(read.extend(windows) or [])
    speed._bare_encoder(annotator, [Article("a", "The ferry left. " * 40), Article("b", "It was late.")])()
    assert len(read) > 2


def test_benchmark_pipeline_has_the_weights_of_our_encoder(tiny_model):
    import torch

    from rhetoric.modeling import RhetoricModel

    tag = speed._pipeline(str(tiny_model))
    tagger = next(cell.cell_contents for cell in tag.__closure__).model
    ours = RhetoricModel.from_pretrained(tiny_model, dtype=torch.float32).encoder.state_dict()
    theirs = tagger.base_model.state_dict()
    assert ours.keys() == theirs.keys()
    assert all(torch.equal(ours[name], theirs[name]) for name in ours)
    assert tagger.dtype == torch.float32
