"""Write environment.yml from requirements.txt: conda installs the versions of the lock (`make lock` runs this)."""

from pathlib import Path

ROOT = Path(__file__).parent.parent

HEAD = """\
# conda env create -f environment.yml && conda activate litpool && snakemake all
# Written by scripts/environment.py from requirements.txt (`make lock`): the same versions, held equal by a test.
name: litpool
channels:
  - conda-forge
  - nodefaults
dependencies:
  - python=3.11
  - make
  - git
  - pip
  - pip:
"""


def pins(text: str) -> list[str]:
    """The `name==version ; marker` lines of a requirements file, without hashes."""
    return [line.removesuffix("\\").strip() for line in text.splitlines() if line[:1].isalnum()]


def environment(requirements: str, editable: bool) -> str:
    """The file's text; with `editable`, litpool itself is installed from the folder beside it."""
    last = '      - "--editable ."\n' if editable else ""
    return HEAD + "".join(f'      - "{pin}"\n' for pin in pins(requirements)) + last


if __name__ == "__main__":
    lock = (ROOT / "requirements.txt").read_text()
    (ROOT / "environment.yml").write_text(environment(lock, editable=True))
    # the rules name their environment, also where only the wheel is installed
    (ROOT / "pipeline/rules/environment.yml").write_text(environment(lock, editable=False))
