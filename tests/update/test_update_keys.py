"""A key goes to its service and nowhere else: no message, log, file, address or command line holds it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.searches import Network
from pipeline.update.client import Client, SourceFailed
from pipeline.update.service import Key, Service
from tests.update.conftest import QUICK, Review
from tests.update.entrez import Entrez
from tests.update.server import Answer, Server, Trouble, page, status, torn

KEY = "marked0key1a2b3c4d5e6f"
ROOT = Path(__file__).parents[2]

#: runs the command with everything logged that any library says
LOGGED = "import logging,sys; logging.basicConfig(level=0); from pipeline.cli import main; sys.exit(main(sys.argv[1:]))"


def echo(answer: Answer) -> Answer:
    return Answer(f'{{"error":"API rate limit exceeded","api-key":"{KEY}","count":"11"}}'.encode(), 429)


TROUBLES = {
    "none": lambda answer: answer,
    "echo": echo,
    "echo in a good answer": lambda answer: Answer(echo(answer).body),
    "echo of a refusal": status(403, f"key {KEY} is not known".encode()),
    "moved": status(301, Location=f"http://127.0.0.1:9/?api_key={KEY}"),
    "page": page,
    "torn": torn,
    "down": status(503),
}


def environment(server: Server, **keys: str) -> dict[str, str]:
    here = {"LITPOOL_ADDRESS_EUTILS": server.address, "NO_PROXY": "127.0.0.1", "PYTHONPATH": str(ROOT)}
    return {**os.environ, **here, **keys}


def files_with(folder: Path, mark: str) -> list[str]:
    paths = [p for p in folder.rglob("*") if p.is_file()]
    assert paths
    return [str(p) for p in paths if mark in str(p) or mark.encode() in p.read_bytes()]


@pytest.mark.parametrize("trouble", TROUBLES.values(), ids=list(TROUBLES))
def test_a_key_is_nowhere(review: Review, server: Server, trouble: Trouble) -> None:
    server.always = {"/efetch.fcgi": trouble} if trouble is torn else {"/esearch.fcgi": trouble}
    done = subprocess.run(
        [sys.executable, "-X", "dev", "-c", LOGGED, "update", str(review.folder)],
        env=environment(server, NCBI_API_KEY=KEY), capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == (0 if trouble is TROUBLES["none"] else 1), done.stderr
    assert server.asked
    assert all(asked.fields["api_key"] == KEY for asked in server.asked)
    assert all(KEY not in str(asked.headers) and "?" not in asked.path for asked in server.asked)
    assert KEY not in done.stdout + done.stderr
    assert files_with(review.folder, KEY) == []


def test_a_record_that_repeats_the_key_is_not_kept(
    review: Review, server: Server, entrez: Entrez, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NCBI_API_KEY", KEY)
    entrez.articles[103].text = f"You asked with {KEY}."
    assert review.update() == 1
    assert review.files() == {}
    assert files_with(review.folder, KEY) == []
    assert "repeats the key" in capsys.readouterr().err


@pytest.mark.parametrize("place", ["query", "header"])
def test_a_key_in_the_address_is_not_told(
    server: Server, place: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(0)
    monkeypatch.setenv("SOME_KEY", KEY)
    service = Service("some", "Some", server.address, 10, Key("SOME_KEY", "api_key", place))  # type: ignore[arg-type]
    server.always["/works"] = status(404, f"nothing at /works?api_key={KEY}".encode())
    with Client(Network(**QUICK), "a@example.org") as client, pytest.raises(SourceFailed) as error:  # type: ignore[arg-type]
        client.get(service, "works", {"filter": "x"}, bytes)
    (asked,) = server.asked
    assert KEY in (asked.fields.get("api_key"), asked.headers.get("api_key"))
    assert KEY not in str(error.value) + repr(error.value) + caplog.text
    assert error.value.__cause__ is None


def test_a_key_that_is_required_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    from pipeline.errors import UserError

    service = Service("some", "Some", "http://127.0.0.1:9", 10, Key("SOME_KEY", "api_key", "query", required=True))
    with pytest.raises(UserError, match="set the environment variable SOME_KEY"):
        service.secret({})
