"""gzip and Zstandard: unpacked on the way, as it comes, up to a limit; what is cut off says so."""

import gzip
import io
import random

import pyarrow
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rhetoric.errors import InputError
from rhetoric.formats import limits
from rhetoric.formats.compressed import expanded, is_packed, open_expanded

LINES = b"".join(b'{"id": "%d", "text": "It rained on %f."}\n' % (i, random.Random(i).random()) for i in range(2000))


def zstd(data):
    return pyarrow.Codec("zstd").compress(data, asbytes=True)


def read_lines(stream, lines):
    """Put into `lines` what comes before an error."""
    while line := stream.readline():
        lines.append(line)


def read_sizes(stream, sizes):
    while piece := stream.read1(2**16):
        sizes.append(len(piece))


PACKERS = pytest.mark.parametrize("pack", [gzip.compress, zstd], ids=["gzip", "zstd"])


@PACKERS
@given(data=st.binary(max_size=300))
def test_expanded_gives_what_was_packed(pack, data):
    stream = expanded(io.BytesIO(pack(data)))
    assert is_packed(stream)
    assert stream.read() == data


@given(st.binary(max_size=300).filter(lambda data: not data.startswith((b"\x1f\x8b", b"\x28\xb5\x2f\xfd"))))
def test_expanded_leaves_other_bytes_alone(data):
    stream = expanded(io.BytesIO(data))
    assert not is_packed(stream)
    assert stream.read() == data


@PACKERS
def test_expanded_reads_several_parts_one_after_the_other(pack):
    assert expanded(io.BytesIO(pack(b"one\n") + pack(b"two\n"))).read() == b"one\ntwo\n"


@PACKERS
def test_expanded_gives_all_that_comes_before_a_cut(pack):
    packed = pack(LINES)
    lines = []
    with pytest.raises(InputError, match="damaged or cut off"):
        read_lines(expanded(io.BytesIO(packed[: len(packed) // 2])), lines)
    if pack is gzip.compress:  # Zstandard's blocks hold more than this
        assert len(lines) > 500
    assert LINES.startswith(b"".join(lines))


@PACKERS
def test_expanded_says_what_is_damaged(pack):
    packed = bytearray(pack(LINES))
    packed[len(packed) // 2 :] = b"\xff" * 300
    with pytest.raises(InputError, match="damaged") as caught:
        expanded(io.BytesIO(bytes(packed))).read()
    assert "\n" not in str(caught.value)


@PACKERS
def test_a_bomb_is_stopped_at_the_limit(monkeypatch, pack):
    monkeypatch.setattr(limits, "MIN_EXPANDED_BYTES", 2**20)
    packed, sizes = pack(bytes(2**24)), []
    with pytest.raises(InputError, match="decompression bomb"):
        read_sizes(expanded(io.BytesIO(packed)), sizes)
    # Some compressed bytes are read ahead, which count.
    assert 2**19 < sum(sizes) <= 2**20 + limits.MAX_EXPANSION * len(packed) < 2**23


@PACKERS
def test_what_is_small_may_expand_as_it_likes(pack):
    assert len(expanded(io.BytesIO(pack(bytes(2**22)))).read()) == 2**22


class Pipe:
    """Gives its pieces one by one, and refuses to be asked for more than was needed."""

    def __init__(self, *pieces):
        self.pieces = list(pieces)

    def read1(self, size):
        if not self.pieces:
            raise AssertionError("read before it was needed")
        return self.pieces.pop(0)

    read = read1


def test_expanded_hands_on_what_has_come():
    stream = expanded(Pipe(b"first\nsec", b"ond\n"))
    assert stream.readline() == b"first\n"
    assert stream.readline() == b"second\n"


def test_open_expanded_closes_the_file(tmp_path):
    path = tmp_path / "a.gz"
    path.write_bytes(gzip.compress(b"x"))
    with open_expanded(path) as stream:
        assert stream.read() == b"x"
    assert stream.closed


def test_open_expanded_refuses_what_is_not_there(tmp_path):
    with pytest.raises(FileNotFoundError), open_expanded(tmp_path / "missing"):
        pass
