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


def environment(requirements: str) -> str:
    return HEAD + "".join(f'      - "{pin}"\n' for pin in pins(requirements)) + '      - "--editable ."\n'


if __name__ == "__main__":
    (ROOT / "environment.yml").write_text(environment((ROOT / "requirements.txt").read_text()))
