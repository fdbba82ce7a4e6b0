"""The rules that cut words are spaCy's own for English, loaded without the rest of spaCy."""

from __future__ import annotations

import subprocess
import sys

import spacy
from spacy.lang.en.tokenizer_exceptions import TOKENIZER_EXCEPTIONS

from pipeline.extract.english import english_rules

TEXT = (
    "Of 35 (71.4%) patients, 25/35 responded (95% CI, 53.7-85.4); p<0.001. Dr. Smith's team can't re-treat non-responders "
    "e.g. at 30×10⁹/L, 10mg/kg/day i.v., vs. placebo:A/B; see https://example.org/a?b=c or a.b@example.org… U.S. (n=12)"
)


def test_same_tokens_as_spacy() -> None:
    whole, rules = spacy.blank("en").tokenizer, english_rules()
    for run in [*TEXT.split(), *TOKENIZER_EXCEPTIONS, TEXT]:
        assert [(t.idx, t.text) for t in rules(run)] == [(t.idx, t.text) for t in whole(run)], run


def alone(code: str) -> list[str]:
    """What a fresh interpreter prints."""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return run.stdout.split()


def test_the_command_line_of_spacy_is_left_out_but_can_be_had() -> None:
    code = (
        "import sys; from pipeline.extract.english import english_rules; english_rules();"
        "print('spacy.cli' in sys.modules, 'typer' in sys.modules);"
        "import spacy.cli; print(callable(spacy.cli.info))"
    )
    assert alone(code) == ["False", "False", "True"]


def test_spacy_is_not_imported_before_a_word_is_cut() -> None:
    code = (
        "import sys, pipeline.extract, pipeline.extract.__main__; print('spacy' in sys.modules, 'numpy' in sys.modules)"
    )
    assert alone(code) == ["False", "False"]
