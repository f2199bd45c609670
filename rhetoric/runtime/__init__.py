"""Running a model: windows → hidden states on ONNX Runtime or torch, and the heads applied to them."""

from rhetoric.runtime.encoders import Backend, Encoder, load_encoder, word_states
from rhetoric.runtime.heads import NumpyHeads
from rhetoric.runtime.network import Network, load_network

__all__ = ["Backend", "Encoder", "Network", "NumpyHeads", "load_encoder", "load_network", "word_states"]
