"""spaCy's English rules for cutting words, without what else spaCy brings along: a job of one new abstract should not wait
for models to train."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spacy.tokens import Doc


def english_rules() -> Callable[[str], Doc]:
    """The tokenizer of `spacy.blank("en")`: its rules and exceptions. Its vocabulary keeps nothing of a word but the word,
    for nothing else is asked of it here."""
    _import_spacy()
    from spacy.lang.en import English
    from spacy.language import create_tokenizer
    from spacy.vocab import Vocab

    parts = SimpleNamespace(Defaults=English.Defaults, vocab=Vocab())  # all that a tokenizer takes of a language
    rules: Callable[[str], Doc] = create_tokenizer()(parts)  # type: ignore[arg-type]
    return rules


def _import_spacy() -> None:
    """Imports spaCy without its command line, which takes 40 % of the time and serves those who train models. It can be
    imported afterwards as ever."""
    if "spacy" in sys.modules:
        return
    left_out = {name: ModuleType(name) for name in ("spacy.cli", "spacy.cli.info")}
    left_out["spacy.cli.info"].__dict__["info"] = None
    sys.modules.update(left_out)
    try:
        import spacy  # noqa: F401
    finally:
        for name in left_out:
            del sys.modules[name]
