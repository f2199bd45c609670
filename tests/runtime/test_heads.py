"""The heads as they are read from a model folder; `tests/modeling/test_heads.py` holds their numbers."""

import numpy as np
import pytest
import torch

from rhetoric.errors import ModelError
from rhetoric.modeling import RhetoricModel
from rhetoric.runtime import NumpyHeads
from rhetoric.runtime.heads import HEADS_FILE


def test_from_file_reads_the_heads_of_the_network(tiny_model):
    heads = NumpyHeads.from_file(tiny_model)
    network = RhetoricModel.from_pretrained(tiny_model, dtype=torch.float32).eval().heads
    words = torch.randn(40, 32, generator=torch.Generator().manual_seed(2))
    # The network's weights are kept in half precision.
    assert np.allclose(network.tags(words).detach().numpy(), heads.tags(words.numpy()), atol=5e-3)
    assert set(heads.arrays) == set(network.state_dict())


@pytest.mark.parametrize("content", [None, b"", b"no tensors", b"\xff" * 64])
def test_from_file_refuses_what_is_no_safetensors_file(folder, content):
    path = folder / HEADS_FILE
    path.unlink() if content is None else path.write_bytes(content)
    with pytest.raises(ModelError, match=r"heads\.safetensors cannot be read.*export the model again") as caught:
        NumpyHeads.from_file(folder)
    assert str(folder) in str(caught.value)


def test_arrays_are_in_single_precision_whatever_came():
    heads = NumpyHeads({"tagger.weight": np.ones((3, 4), np.float16), "tagger.bias": np.zeros(3, np.float64)})
    assert {a.dtype for a in heads.arrays.values()} == {np.dtype(np.float32)}
    assert heads.tags(np.ones((2, 4), np.float32)).dtype == np.float32
