"""Running a model: windows → hidden states on ONNX Runtime or torch, and the heads applied to them."""

from rhetoric.runtime.encoders import Backend, Encoder, load_encoder, word_states
from rhetoric.runtime.heads import NumpyHeads
from rhetoric.runtime.network import Network, load_network
from rhetoric.runtime.parallel import map_ahead

__all__ = ["Backend", "Encoder", "Network", "NumpyHeads", "load_encoder", "load_network", "map_ahead", "word_states"]
