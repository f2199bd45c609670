"""The design of an audit on disk."""

import pytest

from rhetoric.errors import InputError
from rhetoric.framing.audit.design import AuditUnit, Design, FrameRow, Settings, read_design, write_design

SETTINGS = Settings(
    "loaded_sentences", ("loaded_language",), "outlet", "sentence", "text", 10, 4, 13, "1.0", ("small", "2")
)
FRAME = (FrameRow("a1", "Écho", "low", 0.25, None), FrameRow("a2", "Écho", None, 0.0, "training"))
UNITS = (
    AuditUnit("u1", "a1", 3, "Écho", "low", 0.25, "labelled", 1 / 3, is_double=True, text_hash="ab"),
    AuditUnit("u2", "a1", None, "Écho", "low", 0.25, None, 1.0, is_double=False, text_hash="cd"),
)


def test_a_design_is_read_as_it_was_written(tmp_path):
    design = Design(SETTINGS, FRAME, UNITS)
    write_design(tmp_path, design)
    assert read_design(tmp_path) == design
    assert design.article_ids == ("a1",)


def test_the_same_design_makes_the_same_bytes(tmp_path):
    contents = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        write_design(tmp_path / name, Design(SETTINGS, FRAME, UNITS))
        contents.append([path.read_bytes() for path in sorted((tmp_path / name).iterdir())])
    assert contents[0] == contents[1]
    assert len(contents[0]) == 3


def test_a_folder_without_a_design_is_no_audit(tmp_path):
    with pytest.raises(InputError, match="is no audit"):
        read_design(tmp_path)


@pytest.mark.parametrize(
    ("name", "content"), [("design.json", "{}"), ("design.json", "[]"), ("design.parquet", "x"), ("frame.parquet", "x")]
)
def test_a_damaged_design_is_refused(tmp_path, name, content):
    write_design(tmp_path, Design(SETTINGS, FRAME, UNITS))
    (tmp_path / name).write_text(content)
    with pytest.raises(InputError, match="draw the sample again"):
        read_design(tmp_path)


def test_a_design_without_its_units_is_refused(tmp_path):
    write_design(tmp_path, Design(SETTINGS, FRAME, UNITS))
    (tmp_path / "design.parquet").unlink()
    with pytest.raises(InputError, match="cannot be used"):
        read_design(tmp_path)
