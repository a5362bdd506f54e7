"""Files kept by their digest, written once and never changed: on a local disk, in memory or on an S3 server."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any, Protocol
from urllib.parse import unquote, urlsplit

import obstore
from obstore.exceptions import AlreadyExistsError
from obstore.store import ObjectStore, from_url

from core.errors import DomainError

CHUNK_BYTES = 256 * 1024
_SPOOL_BYTES = 4 * 1024 * 1024
_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)
_FOLDER = "files"


class FileNotKept(DomainError):
    """No file with this digest is in the storage. Facts: `sha256`."""

    status = 404


class _Backend(Protocol):
    def put(self, source: IO[bytes], digest: str) -> None: ...
    def open(self, digest: str) -> Iterator[bytes]: ...
    def size(self, digest: str) -> int: ...
    def remove(self, digest: str) -> None: ...
    def digests(self) -> Iterator[str]: ...


class Storage:
    """A store of files by content.

    A file is durable when `put` returns: only then may a row name it. Putting the same bytes again changes nothing.
    Source: architecture.md §11.13.
    """

    def __init__(self, url: str | os.PathLike[str], **options: Any) -> None:
        """Open a store.

        :param url: a folder (path or `file:///…`), `memory://`, or `s3://bucket/prefix`.
        :param options: settings of the remote store (`endpoint`, `region`, `access_key_id`, …); what is left out is
            read from the usual `AWS_…` variables.
        """
        text = os.fspath(url)
        scheme = urlsplit(text).scheme if "://" in text else ""
        self._backend: _Backend
        if scheme in {"", "file"}:
            self._backend = _Folder(Path(unquote(urlsplit(text).path) if scheme else text))
        else:
            self._backend = _Remote(from_url(text, **options))

    def put(self, content: bytes | IO[bytes] | Iterable[bytes]) -> str:
        """Keep a file and return its SHA-256 in hexadecimal; a stream is read to its end in chunks."""
        digest = hashlib.sha256()
        with tempfile.SpooledTemporaryFile(max_size=_SPOOL_BYTES) as spool:
            for chunk in _chunks(content):
                digest.update(chunk)
                spool.write(chunk)
            name = digest.hexdigest()
            spool.seek(0)
            self._backend.put(spool, name)
        return name

    def get(self, sha256: str) -> bytes:
        """Return a whole file.

        :raise FileNotKept: nothing has this digest.
        """
        return b"".join(self.open(sha256))

    def open(self, sha256: str) -> Iterator[bytes]:
        """Return the chunks of a file; that it exists is known before the first chunk is asked for.

        :raise FileNotKept: nothing has this digest.
        """
        digest = _checked(sha256)
        try:
            return self._backend.open(digest)
        except FileNotFoundError:
            raise FileNotKept(sha256=digest) from None

    def exists(self, sha256: str) -> bool:
        """Say whether a file with this digest is kept."""
        try:
            self._backend.size(_checked(sha256))
        except FileNotFoundError:
            return False
        return True

    def size(self, sha256: str) -> int:
        """Return the bytes of a file.

        :raise FileNotKept: nothing has this digest.
        """
        digest = _checked(sha256)
        try:
            return self._backend.size(digest)
        except FileNotFoundError:
            raise FileNotKept(sha256=digest) from None

    def is_intact(self, sha256: str) -> bool:
        """Read a whole file and say whether it still has its digest.

        :raise FileNotKept: nothing has this digest.
        """
        digest = hashlib.sha256()
        for chunk in self.open(sha256):
            digest.update(chunk)
        return digest.hexdigest() == sha256

    def remove(self, sha256: str) -> None:
        """Erase a file, for an erasure the law asks for; a file that is not there is no error."""
        with contextlib.suppress(FileNotFoundError):
            self._backend.remove(_checked(sha256))

    def digests(self) -> Iterator[str]:
        """Return the digests of everything kept, in no order, for a backup or a check."""
        return self._backend.digests()

    @staticmethod
    def path(sha256: str) -> str:
        """Return where a file lies below the store: `files/ab/<sha256>`.

        :raise ValueError: not a digest, so that no other path can be asked for.
        """
        return f"{_FOLDER}/{_checked(sha256)[:2]}/{sha256}"


class _Folder:
    """A folder on a local disk, written so that a power cut leaves a whole file or none."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, source: IO[bytes], digest: str) -> None:
        place = self._place(digest)
        if place.is_file():
            # Another writer may have renamed it a moment ago and not yet synced.
            _sync_folder(place.parent)
            return
        self._make_folder(place.parent)
        handle, unfinished = tempfile.mkstemp(dir=place.parent, prefix=".unfinished-")
        try:
            with os.fdopen(handle, "wb") as out:
                for chunk in _chunks(source):
                    out.write(chunk)
                out.flush()
                os.fsync(out.fileno())
            # Two writers of one digest write the same bytes, so the later rename changes nothing.
            os.replace(unfinished, place)
        except BaseException:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(unfinished)
            raise
        _sync_folder(place.parent)

    def open(self, digest: str) -> Iterator[bytes]:
        return _read_and_close(self._place(digest).open("rb"))

    def size(self, digest: str) -> int:
        return self._place(digest).stat().st_size

    def remove(self, digest: str) -> None:
        place = self._place(digest)
        place.unlink()
        _sync_folder(place.parent)

    def digests(self) -> Iterator[str]:
        for place in (self._root / _FOLDER).glob("??/*"):
            if _DIGEST.fullmatch(place.name):
                yield place.name

    def _place(self, digest: str) -> Path:
        return self._root / Storage.path(digest)

    def _make_folder(self, folder: Path) -> None:
        """Make a folder and its missing parents, each entered durably in the one above."""
        if folder.is_dir():
            return
        self._make_folder(folder.parent)
        with contextlib.suppress(FileExistsError):
            folder.mkdir()
        _sync_folder(folder.parent)


class _Remote:
    """Any store obstore knows; a file appears there whole, and only once."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    def put(self, source: IO[bytes], digest: str) -> None:
        # A multipart upload cannot be create-only, and one part carries more than any attachment.
        with contextlib.suppress(AlreadyExistsError):
            obstore.put(self._store, Storage.path(digest), source, mode="create", use_multipart=False)

    def open(self, digest: str) -> Iterator[bytes]:
        answer = obstore.get(self._store, Storage.path(digest))
        return (bytes(chunk) for chunk in answer.stream(min_chunk_size=CHUNK_BYTES))

    def size(self, digest: str) -> int:
        return int(obstore.head(self._store, Storage.path(digest))["size"])

    def remove(self, digest: str) -> None:
        obstore.delete(self._store, Storage.path(digest))

    def digests(self) -> Iterator[str]:
        for batch in obstore.list(self._store, prefix=_FOLDER):
            for found in batch:
                name = found["path"].rpartition("/")[2]
                if _DIGEST.fullmatch(name):
                    yield name


def _checked(sha256: str) -> str:
    if not _DIGEST.fullmatch(sha256):
        raise ValueError("not a SHA-256 digest in lower-case hexadecimal")
    return sha256


def _chunks(content: bytes | IO[bytes] | Iterable[bytes]) -> Iterator[bytes]:
    if isinstance(content, bytes):
        yield content
    elif hasattr(content, "read"):
        while chunk := content.read(CHUNK_BYTES):
            yield chunk
    else:
        yield from content


def _read_and_close(source: IO[bytes]) -> Iterator[bytes]:
    with source:
        yield from _chunks(source)


def _sync_folder(folder: Path) -> None:
    """Make a rename in a folder durable; Windows neither needs nor allows it."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
