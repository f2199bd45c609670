"""Where output goes: folders are made, and what cannot be written to is refused before any work."""

import pytest

from rhetoric.errors import UsageError
from rhetoric.formats.output import check_output, make_folder, open_output


def test_make_folder_makes_it_once_and_leaves_what_is_in_it(tmp_path):
    folder = tmp_path / "tables"
    make_folder(folder)
    (folder / "notes.txt").touch()
    make_folder(folder)
    assert [p.name for p in folder.iterdir()] == ["notes.txt"]


@pytest.mark.parametrize(("name", "reason"), [("file", "it is a file"), ("no/tables", "there is no folder")])
def test_make_folder_refuses(tmp_path, name, reason):
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match=reason):
        make_folder(tmp_path / name)


@pytest.mark.parametrize(("name", "reason"), [(".", "it is a folder"), ("no/file", "there is no folder")])
def test_check_output_refuses(tmp_path, name, reason):
    with pytest.raises(UsageError, match=reason):
        check_output(tmp_path / name)


def test_what_is_written_appears_under_its_name_when_it_is_on_the_disk(tmp_path, monkeypatch):
    path = tmp_path / "out"
    synced = []
    monkeypatch.setattr("rhetoric.formats.output.os.fsync", lambda handle: synced.append(path.exists()))
    with open_output(path) as stream:
        stream.write(b"x")
        assert not path.exists()
    assert synced == [False]
    assert path.read_bytes() == b"x"
