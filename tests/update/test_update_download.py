"""Large files come in as many parts as the line breaks them into; answers that still hold are not sent again."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from pipeline.searches import Network
from pipeline.update.cache import Cache
from pipeline.update.client import Client, SourceFailed
from pipeline.update.download import download
from pipeline.update.service import Key, Service
from tests.update.conftest import QUICK
from tests.update.server import Answer, Fields, Server, Trouble, status

DATA = b"".join(hashlib.sha256(str(i).encode()).digest() for i in range(20_000))
KEY = "marked0key1a2b3c4d5e6f"


class Files:
    """A server of one file, which may change."""

    def __init__(self) -> None:
        self.data, self.tag, self.ranges, self.sent = DATA, '"one"', True, 0

    def answer(self, _: Fields, headers: Mapping[str, str]) -> Answer:
        found = {"ETag": self.tag} if self.tag else {}
        if self.tag and headers.get("If-None-Match") == self.tag:
            return Answer(b"", 304, found)
        asked, same = headers.get("Range"), headers.get("If-Range") == self.tag
        if asked and same and self.ranges:
            start = int(asked.removeprefix("bytes=").rstrip("-"))
            if start >= len(self.data):
                return Answer(b"", 416)
            place = f"bytes {start}-{len(self.data) - 1}/{len(self.data)}"
            self.sent += len(self.data) - start
            return Answer(self.data[start:], 206, {**found, "Content-Range": place})
        self.sent += len(self.data)
        return Answer(self.data, 200, found)


def torn_after(count: int) -> Trouble:
    return lambda answer: Answer(answer.body, answer.status, answer.headers, cut=count)


@pytest.fixture
def files() -> Files:
    return Files()


@pytest.fixture
def server(files: Files, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with Server({"/big": files.answer}) as server:
        yield server


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    with Client(Network(**QUICK), "a@example.org", Cache(tmp_path / "cache")) as client:  # type: ignore[arg-type]
        yield client


def service(server: Server) -> Service:
    return Service("files", "Files", server.address, 10)


def test_a_download_continues_where_the_line_broke(server: Server, client: Client, tmp_path: Path) -> None:
    server.trouble.extend([torn_after(100_000), torn_after(200_000), torn_after(7)])
    progress: list[tuple[int, int]] = []
    download(client, service(server), "big", {}, tmp_path / "big", lambda *at: progress.append(at))
    assert (tmp_path / "big").read_bytes() == DATA
    starts = [int(a.headers["Range"].removeprefix("bytes=").rstrip("-")) for a in server.asked if "Range" in a.headers]
    assert len(starts) == 3
    assert 0 < starts[0] < starts[1] <= starts[2]
    assert progress[-1] == (len(DATA), len(DATA))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["big"]


def test_a_later_run_continues(server: Server, client: Client, tmp_path: Path) -> None:
    server.trouble.extend([torn_after(100_000), status(503), status(503), status(503)])
    with pytest.raises(SourceFailed):
        download(client, service(server), "big", {}, tmp_path / "big")
    assert not (tmp_path / "big").exists()
    server.asked.clear()
    download(client, service(server), "big", {}, tmp_path / "big")
    assert (tmp_path / "big").read_bytes() == DATA
    assert ["Range" in a.headers for a in server.asked] == [True]


@pytest.mark.parametrize("tag", ['"two"', "", 'W/"weak"'])
def test_another_state_is_not_mixed_in(server: Server, client: Client, files: Files, tmp_path: Path, tag: str) -> None:
    def changed(answer: Answer) -> Answer:
        files.data, files.tag = DATA[::-1], tag
        return torn_after(100_000)(answer)

    server.trouble.append(changed)
    download(client, service(server), "big", {}, tmp_path / "big")
    assert (tmp_path / "big").read_bytes() == DATA[::-1]


def test_a_server_without_ranges_sends_the_whole_again(
    server: Server, client: Client, files: Files, tmp_path: Path
) -> None:
    files.ranges = False
    server.trouble.append(torn_after(100_000))
    download(client, service(server), "big", {}, tmp_path / "big")
    assert (tmp_path / "big").read_bytes() == DATA


def test_a_wrong_place_is_not_appended(server: Server, client: Client, tmp_path: Path) -> None:
    wrong = Answer(b"x", 206, {"Content-Range": f"bytes 5-5/{len(DATA)}", "ETag": '"one"'})
    server.trouble.extend([torn_after(100_000), lambda _: wrong])
    download(client, service(server), "big", {}, tmp_path / "big")
    assert (tmp_path / "big").read_bytes() == DATA


def test_an_answer_that_still_holds_is_not_sent_again(server: Server, client: Client, files: Files) -> None:
    for _ in range(3):
        assert client.get(service(server), "big", {"a": "1"}, bytes) == DATA
    assert files.sent == len(DATA)
    files.data, files.tag = b"new", '"two"'
    assert client.get(service(server), "big", {"a": "1"}, bytes) == b"new"
    assert client.get(service(server), "big", {"a": "2"}, bytes) == b"new"


def test_an_answer_that_says_nothing_of_its_state_is_not_kept(
    server: Server, client: Client, files: Files, tmp_path: Path
) -> None:
    files.tag = ""
    client.get(service(server), "big", {}, bytes)
    assert not (tmp_path / "cache").exists()


def test_a_damaged_cache_is_not_used(server: Server, client: Client, tmp_path: Path) -> None:
    client.get(service(server), "big", {}, bytes)
    for path in (tmp_path / "cache").glob("*.body"):
        path.write_bytes(b"other")
    assert client.get(service(server), "big", {}, bytes) == DATA


def test_a_cache_holds_no_key(
    server: Server, client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: Files
) -> None:
    monkeypatch.setenv("FILES_KEY", KEY)
    keyed = Service("files", "Files", server.address, 10, Key("FILES_KEY", "api_key", "query"))
    client.get(keyed, "big", {}, bytes)
    assert server.asked[0].fields["api_key"] == KEY
    files.data, files.tag = f"key {KEY}".encode(), '"two"'
    client.get(keyed, "big", {}, bytes)
    kept = list((tmp_path / "cache").iterdir())
    assert kept
    assert not [p for p in kept if KEY in p.name or KEY.encode() in p.read_bytes()]


def test_what_is_old_leaves_the_cache(server: Server, client: Client, tmp_path: Path) -> None:
    client.get(service(server), "big", {}, bytes)
    for path in (tmp_path / "cache").iterdir():
        os.utime(path, (0, 0))
    Cache(tmp_path / "cache").prune()
    assert list((tmp_path / "cache").iterdir()) == []


def test_an_answer_without_end_is_given_up(server: Server, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.update.client._LARGEST", 100_000)
    with pytest.raises(SourceFailed, match="does not end its answer"):
        client.get(service(server), "big", {}, bytes)
