import re

import pytest

from benchmarks import speed

pytest.importorskip("torch")
pytest.importorskip("transformers")


def test_benchmark_times_both_sides_on_the_same_articles(tiny_model, tmp_path, capsys):
    for i in range(3):
        (tmp_path / f"a{i}.txt").write_text("The ferry left at noon. Nobody knew why.", encoding="utf-8")
    speed.main([tmp_path], model=str(tiny_model), n_articles=2, rounds=2)
    first, ours, theirs, ratio = capsys.readouterr().out.splitlines()
    n_tokens = 2 * len("Theferryleftatnoon.Nobodyknewwhy.")  # the tiny tokenizer has one token a character
    assert first.startswith(f"2 articles, {n_tokens} tokens, 2 rounds, ")
    assert re.fullmatch(r"ours, all layers, int8: [\d,]+ tokens/s", ours)
    assert re.fullmatch(r"pipeline, one head, float32: [\d,]+ tokens/s", theirs)
    median, low, high = map(float, re.fullmatch(r"ratio: (\S+) \(from (\S+) to (\S+)\)", ratio).groups())
    assert 0 < low <= median <= high


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
