"""Sources that are down, slow, full, changed, or answer garbage: passing trouble is waited out, the rest changes
nothing and is told in one line."""

from __future__ import annotations

import datetime
import email.utils
import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipeline.update.client import Client
from tests.update.conftest import QUICK, Review
from tests.update.entrez import Entrez
from tests.update.server import Server, Trouble, empty, fine, late, page, shortened, status, torn

SEARCH: dict[str, object] = {"name": "itp", "source": "pubmed", "query": "thrombocytopenia"}
ROOT = Path(__file__).parents[2]
LIMIT = b'{"error":"API rate limit exceeded","api-key":"127.0.0.1","count":"4","limit":"3"}'
BROKEN = b"<eFetchResult><ERROR>Unable to obtain query #1</ERROR></eFetchResult>"

PASSING = {
    "full": status(429, LIMIT),
    "full, in a good answer": status(200, LIMIT),
    "down": status(503),
    "broken": status(500, b"Internal Server Error"),
    "gateway": status(502, b"<html>Bad Gateway</html>"),
    "page": page,
    "empty": empty,
    "torn": torn,
    "shortened": shortened,
    "late": late(3.0),
    "error in a good answer": status(200, BROKEN),
}


@pytest.mark.parametrize("trouble", PASSING.values(), ids=list(PASSING))
@pytest.mark.parametrize("request_no", [0, 1], ids=["search", "fetch"])
def test_passing_trouble_is_waited_out(review: Review, server: Server, trouble: Trouble, request_no: int) -> None:
    server.trouble.extend([fine] * request_no + [trouble])
    assert review.update() == 0
    assert review.files()["2026-11-21-itp-pubmed.xml"].count(b"<PubmedArticle>") == 5


@pytest.mark.parametrize(
    "trouble", [t for name, t in PASSING.items() if name != "late"], ids=[n for n in PASSING if n != "late"]
)
@pytest.mark.parametrize("path", ["/esearch.fcgi", "/efetch.fcgi"])
def test_trouble_that_stays_leaves_corpus_as_it_was(
    review: Review, server: Server, trouble: Trouble, path: str, capsys: pytest.CaptureFixture[str]
) -> None:
    review.update("2026-10-01", "--source", "pubmed")
    before = review.files()
    review.search({"name": "all", "source": "pubmed", "query": "danazol"})
    server.always[path] = trouble
    capsys.readouterr()
    assert review.update() == 1
    assert review.files() == before
    told = capsys.readouterr().err
    assert told.startswith("all: NCBI: ")
    assert told.endswith("corpus/ is as it was\n")
    assert told.count("\n") == 1
    server.always.clear()
    assert review.update() == 0


def test_a_source_that_refuses_is_asked_once(
    review: Review, server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    server.trouble.append(status(403, b"No."))
    assert review.update() == 1
    assert len(server.asked) == 1
    assert "refuses with 403 Forbidden: No." in capsys.readouterr().err


def test_a_server_that_is_not_there(
    review: Review, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LITPOOL_ADDRESS_EUTILS", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    assert review.update() == 1
    assert "NCBI: cannot be reached (asked 4 times)" in capsys.readouterr().err


def test_one_source_that_fails_does_not_stop_the_others(review: Review, server: Server) -> None:
    good = {"name": "itp", "source": "pubmed", "query": "thrombocytopenia"}
    review.search({"name": "first", "source": "pubmed", "query": "danazol"}, good)
    server.trouble.append(status(403))
    assert review.update() == 1
    assert sorted(review.files()) == ["2026-11-21-itp-pubmed.xml", "searches.csv"]


@pytest.mark.parametrize("as_date", [False, True])
def test_a_source_may_say_how_long_to_wait(review: Review, server: Server, as_date: bool) -> None:
    when = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=2)
    server.trouble.append(status(429, Retry_After=email.utils.format_datetime(when, usegmt=True) if as_date else "1"))
    assert review.update() == 0
    assert server.asked[1].at - server.asked[0].at >= (0.5 if as_date else 1.0)


def test_a_source_that_asks_for_hours_is_told_so(
    review: Review, server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    server.trouble.append(status(503, Retry_After="7200"))
    began = time.monotonic()
    assert review.update() == 1
    assert time.monotonic() - began < 60
    assert "asks to wait 7200 seconds; run the update again later" in capsys.readouterr().err


def test_a_set_that_the_history_server_lost_part_of_is_asked_for_again(
    review: Review, server: Server, entrez: Entrez
) -> None:
    whole = entrez.efetch

    def half(fields: dict[str, str], headers: object) -> object:
        answer = whole(fields, {})
        if fields["WebEnv"] == "MCID_00000000":
            first = answer.body.index(b"</PubmedArticle>") + len(b"</PubmedArticle>")
            answer.body = answer.body[:first] + b"</PubmedArticleSet>"
        return answer

    server.routes["/efetch.fcgi"] = half  # type: ignore[assignment]
    assert review.update() == 0
    assert review.files()["2026-11-21-itp-pubmed.xml"].count(b"<PubmedArticle>") == 5


def test_waits_grow_and_are_spread(monkeypatch: pytest.MonkeyPatch) -> None:
    from pipeline.searches import Network
    from pipeline.update.client import SourceFailed
    from pipeline.update.eutils import EUTILS

    monkeypatch.setenv("LITPOOL_ADDRESS_EUTILS", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    waits: list[float] = []
    network = Network(**{**QUICK, "attempts": 6, "backoff": 1.0, "longest_wait": 6})  # type: ignore[arg-type]
    with Client(network, "a@example.org", sleep=waits.append) as client, pytest.raises(SourceFailed):
        client.get(EUTILS, "esearch.fcgi", {}, bytes)
    bounds = [1, 2, 4, 6, 6]
    assert len(waits) == 5
    assert all(bound / 2 <= wait <= bound for wait, bound in zip(waits, bounds, strict=True))
    assert len(set(waits)) == 5


def test_a_bar_shows_progress_on_a_terminal_and_nowhere_else(review: Review, server: Server) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "pipeline.update", str(review.folder)]
    done = subprocess.run(
        command,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=theirs,
        env={**os.environ, "TERM": "xterm"},
        check=True,
        timeout=60,
    )
    os.close(theirs)
    assert b"itp PubMed" in os.read(ours, 100_000)
    os.close(ours)
    assert b"\x1b" not in done.stdout
    again = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, timeout=60)
    assert again.stderr == b""


#: as at a terminal, also where this runs in the background, where Ctrl-C is ignored
AT_A_TERMINAL = (
    "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); "
    "from pipeline.cli import main; sys.exit(main(sys.argv[1:]))"
)


def test_an_update_that_is_stopped_by_hand_says_so(review: Review, server: Server) -> None:
    server.trouble.append(late(30))
    review.search(SEARCH, network={**QUICK, "timeout": 60})
    command = [sys.executable, "-c", AT_A_TERMINAL, "update", str(review.folder)]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as process:
        while not server.asked:
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        assert process.stderr is not None
        told = process.stderr.read()
        assert process.wait(30) == 130
    assert told == "stopped; corpus/ is as it was, or holds what was told\n"
    assert review.files() == {}
