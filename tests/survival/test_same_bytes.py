"""Two builds of the same inputs, in other surroundings, come to the same bytes."""

from __future__ import annotations

import locale
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from .disturbed import COMMAND, ENVIRONMENT, FEW, made, same_inputs, small_review

#: which of them; `make test-survival` has all
CHOSEN = os.environ.get("LITPOOL_SURROUNDINGS", "all at once").split(",")
NOBODY = 65534
#: who that is; the second may read what is root's alone, as where litpool is installed in root's own folder
BECOME = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
BECOME_READING = [*BECOME, "--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"]

#: letters are neither ASCII nor UTF-8 there, and I in lower case is ı (localedef -i tr_TR -f ISO-8859-9 …)
STRANGE = "tr_TR.ISO-8859-9"
#: name → what is set, and options of Snakemake
SURROUNDINGS: dict[str, tuple[dict[str, str], list[str]]] = {
    "plain C": ({"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, []),
    "strange": ({"LC_ALL": STRANGE, "PYTHONUTF8": "0"}, []),
    "Turkish": ({"LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8"}, []),
    "German": ({"LC_ALL": "de_DE.UTF-8", "LANG": "de_DE.UTF-8"}, []),
    "time zone": ({"TZ": "Pacific/Kiritimati"}, []),
    "hashes": ({"PYTHONHASHSEED": "7"}, []),
    "one core": ({}, ["--cores", "1"]),
    "many cores": ({}, ["--cores", "5"]),
    "all at once": (
        {"LC_ALL": STRANGE, "PYTHONUTF8": "0", "TZ": "Pacific/Kiritimati", "PYTHONHASHSEED": "7", "COLUMNS": "40"},
        ["--cores", "1"],
    ),
}


def installed(name: str) -> bool:
    """Whether the system has the locale; where it has not, programs run as in C."""
    before = locale.setlocale(locale.LC_ALL)
    try:
        locale.setlocale(locale.LC_ALL, name)
    except locale.Error:
        return False
    finally:
        locale.setlocale(locale.LC_ALL, before)
    return True


@pytest.fixture(scope="module")
def review(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_review(tmp_path_factory.mktemp("same") / "review", FEW | {"conference.ris", "wu-2022.pdf"})


@pytest.fixture(scope="module")
def whole(review: Path) -> dict[str, bytes]:
    return built(review, {"PYTHONHASHSEED": "1", "TZ": "America/Caracas"}, ["--cores", "2"])


def built(folder: Path, environment: dict[str, str], options: list[str], *before: str) -> dict[str, bytes]:
    done = subprocess.run(
        [*before, *COMMAND, *options],
        cwd=folder,
        env=ENVIRONMENT | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return made(folder)


def in_other_order(folder: Path) -> Path:
    """The files of corpus/ are made again, the last first, some of them at another time."""
    for number, path in enumerate(sorted((folder / "corpus").iterdir(), reverse=True)):
        data = path.read_bytes()
        path.unlink()
        path.write_bytes(data)
        os.utime(path, (1_000_000_000 + number, 1_000_000_000 + number))
    return folder


def differences(whole: dict[str, bytes], other: dict[str, bytes]) -> list[str]:
    return sorted(name for name in whole.keys() | other.keys() if whole.get(name) != other.get(name))


@pytest.mark.parametrize("name", SURROUNDINGS if CHOSEN == ["all"] else CHOSEN)
def test_the_same_bytes_in_other_surroundings(review: Path, whole: dict[str, bytes], tmp_path: Path, name: str) -> None:
    environment, options = SURROUNDINGS[name]
    if name != "all at once" and not installed(environment.get("LC_ALL", "C")):
        pytest.skip(f"the locale {environment['LC_ALL']} is not installed (Debian: locales, localedef)")
    folder = in_other_order(same_inputs(review, tmp_path / "another place, für alle"))
    assert differences(whole, built(folder, environment, options)) == []


@pytest.fixture
def open_place() -> Iterator[Path]:
    """Outside pytest's own folder, where nobody else may look."""
    place = Path(tempfile.mkdtemp(prefix="litpool-"))
    place.chmod(0o755)
    yield place
    shutil.rmtree(place)


def test_the_same_bytes_by_another_user(review: Path, whole: dict[str, bytes], open_place: Path) -> None:
    if os.geteuid() != 0 or shutil.which("setpriv") is None:
        pytest.skip("only root can be somebody else")
    folder = same_inputs(review, open_place / "review")
    for path in [open_place, *open_place.rglob("*")]:
        os.chown(path, NOBODY, NOBODY)
    home = {"HOME": str(open_place), "XDG_CACHE_HOME": str(open_place / "cache"), "USER": "nobody"}
    start = ["sh", "-c", '"$0" -c "import pipeline.stats"', COMMAND[0]]
    for become in (BECOME, BECOME_READING):
        if not subprocess.run([*become, *start], env=ENVIRONMENT | home, capture_output=True, check=False).returncode:
            assert differences(whole, built(folder, home, [], *become)) == []
            return
    pytest.skip("litpool is installed where another user may not read")
