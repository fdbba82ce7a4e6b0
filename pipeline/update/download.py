"""A large file is downloaded in as many parts as the line breaks it into (RFC 9110, 14: ranges).

What came is kept beside the target as `<name>.part`, with what the server said of its state: only the same state is
continued, also by a later run.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import httpx

from pipeline.update.client import Client, Fields
from pipeline.update.service import Service
from pipeline.update.waiting import Passing

_RANGE = re.compile(r"bytes (\d{1,18})-(\d{1,18})/(\d{1,18})")
#: told how many of how many bytes came; 0 if the server does not say
Progress = Callable[[int, int], None]


def download(
    client: Client, service: Service, path: str, fields: Fields, to: Path, progress: Progress = lambda done, of: None
) -> None:
    """Download to a file, which appears when it is whole. Raises SourceFailed, and then what came is kept."""
    part, note = to.with_name(f"{to.name}.part"), to.with_name(f"{to.name}.part.state")

    def attempt() -> None:
        have = part.stat().st_size if part.exists() and note.exists() else 0
        headers = {"Accept-Encoding": "identity"}
        if have:
            headers |= {"Range": f"bytes={have}-", "If-Range": note.read_text("ascii")}
        response = client.send(service, client.request(service, "GET", path, fields, headers), also={416})
        try:
            _receive(client, response, have, part, note, progress)
        finally:
            response.close()

    client.trying(service, attempt)
    part.replace(to)
    note.unlink(missing_ok=True)


def _receive(client: Client, response: httpx.Response, have: int, part: Path, note: Path, progress: Progress) -> None:
    """Append what comes, or begin anew where the server sends the whole. Raises Passing for what is not whole."""
    start, total = _place(response)
    if start not in (0, have):
        part.unlink(missing_ok=True)
        note.unlink(missing_ok=True)
        raise Passing("does not continue where it broke off")
    _note_state(response, note)
    done = start
    with part.open("ab" if start else "wb") as out:
        for data in client.bytes_of(response, whole=False):
            out.write(data)
            done += len(data)
            progress(done, total)
    if total and done != total:
        raise Passing("broke off its answer")


def _place(response: httpx.Response) -> tuple[int, int]:
    """The byte that the answer begins with (-1 for one that it does not have), and the bytes of the whole file, 0 if
    it does not say."""
    length = response.headers.get("Content-Length", "")
    if response.status_code == 200:
        return 0, int(length) if length.isascii() and length.isdigit() else 0
    said = _RANGE.fullmatch(response.headers.get("Content-Range", ""))
    return (int(said[1]), int(said[3])) if said and response.status_code == 206 else (-1, 0)


def _note_state(response: httpx.Response, note: Path) -> None:
    """A strong tag, or a date; without either nothing can be continued."""
    tag, date = response.headers.get("ETag", ""), response.headers.get("Last-Modified", "")
    state = tag if tag and not tag.startswith("W/") else date
    if state and state.isascii():
        note.write_text(state, "ascii")
    else:
        note.unlink(missing_ok=True)
