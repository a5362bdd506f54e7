"""Files by digest, on every kind of store."""

import hashlib
import io
import os
import urllib.request

import pytest

from core.storage import FileNotKept, Storage

CONTENT = "Sáng kiến".encode() * 100_000
DIGEST = hashlib.sha256(CONTENT).hexdigest()
ABSENT = "0" * 64


@pytest.fixture(scope="session")
def s3_address():
    """A loopback S3 server, where the library for it is installed."""
    server_module = pytest.importorskip("moto.server")
    server = server_module.ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(params=["folder", "file-url", "memory", "s3"])
def storage(request, tmp_path):
    if request.param == "folder":
        return Storage(tmp_path / "instance")
    if request.param == "file-url":
        return Storage((tmp_path / "có dấu cách").as_uri())
    if request.param == "memory":
        return Storage("memory://")
    return open_s3(request.getfixturevalue("s3_address"), f"b{abs(hash(request.node.name))}")


def open_s3(endpoint, bucket):
    urllib.request.urlopen(urllib.request.Request(f"{endpoint}/{bucket}", method="PUT")).close()
    options = {"access_key_id": "test", "secret_access_key": "test", "region": "us-east-1"}
    return Storage(f"s3://{bucket}/kho", endpoint=endpoint, client_options={"allow_http": True}, **options)


def test_a_file_comes_back_by_its_digest(storage):
    assert storage.put(CONTENT) == DIGEST
    assert storage.get(DIGEST) == CONTENT
    assert storage.size(DIGEST) == len(CONTENT)
    assert storage.exists(DIGEST)
    assert storage.is_intact(DIGEST)


def test_a_stream_and_an_iterator_are_kept_like_bytes(storage):
    assert storage.put(io.BytesIO(CONTENT)) == DIGEST
    assert storage.put(iter([CONTENT[:7], CONTENT[7:]])) == DIGEST
    assert list(storage.digests()) == [DIGEST]


def test_a_file_is_read_as_plain_bytes(storage):
    storage.put(CONTENT)
    assert {type(chunk) for chunk in storage.open(DIGEST)} == {bytes}


def test_a_file_on_disk_is_read_in_chunks(tmp_path):
    storage = Storage(tmp_path)
    storage.put(CONTENT)
    assert [len(chunk) for chunk in storage.open(DIGEST)][:2] == [262_144, 262_144]


def test_an_empty_file_can_be_kept(storage):
    assert storage.get(storage.put(b"")) == b""


def test_keeping_the_same_bytes_twice_changes_nothing(storage):
    assert [storage.put(b"x"), storage.put(b"x")] == [hashlib.sha256(b"x").hexdigest()] * 2
    assert len(list(storage.digests())) == 1


def test_a_file_that_was_never_kept_is_said_so_before_reading(storage):
    assert not storage.exists(ABSENT)
    for ask in (storage.open, storage.get, storage.size):
        with pytest.raises(FileNotKept) as refusal:
            ask(ABSENT)
        assert refusal.value.sha256 == ABSENT


def test_an_erased_file_is_gone_and_erasing_again_is_no_error(storage):
    digest = storage.put(CONTENT)
    storage.remove(digest)
    storage.remove(digest)
    assert not storage.exists(digest)
    assert list(storage.digests()) == []


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "A" * 64, "0" * 63, "0" * 64 + "\n"])
def test_only_a_digest_can_be_asked_for(storage, name):
    for ask in (storage.open, storage.exists, storage.remove, Storage.path):
        with pytest.raises(ValueError, match="not a SHA-256 digest"):
            ask(name)


def test_files_lie_under_the_first_two_characters_of_their_digest(tmp_path):
    storage = Storage(str(tmp_path))
    digest = storage.put(CONTENT)
    assert Storage.path(digest) == f"files/{digest[:2]}/{digest}"
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [tmp_path / Storage.path(digest)]


def test_a_file_changed_on_disk_is_noticed(tmp_path):
    storage = Storage(tmp_path)
    place = tmp_path / Storage.path(storage.put(CONTENT))
    place.write_bytes(CONTENT[:-1])
    assert not storage.is_intact(DIGEST)


def test_a_write_that_breaks_off_leaves_nothing_behind(tmp_path, monkeypatch):
    def fail(*_):
        raise OSError("đĩa đầy")

    monkeypatch.setattr(os, "replace", fail)
    storage = Storage(tmp_path)
    with pytest.raises(OSError, match="đĩa đầy"):
        storage.put(CONTENT)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_file_is_on_the_disk_before_its_name_is(tmp_path, monkeypatch):
    acts = []
    fsync, replace = os.fsync, os.replace
    monkeypatch.setattr(os, "fsync", lambda handle: acts.append("fsync") or fsync(handle))
    monkeypatch.setattr(os, "replace", lambda *names: acts.append("rename") or replace(*names))
    Storage(tmp_path).put(CONTENT)
    assert acts[-3:] == ["fsync", "rename", "fsync"]


def test_a_leftover_of_a_power_cut_is_not_listed(tmp_path):
    storage = Storage(tmp_path)
    folder = (tmp_path / Storage.path(storage.put(CONTENT))).parent
    (folder / ".unfinished-abc").write_bytes(b"half")
    assert list(storage.digests()) == [DIGEST]
