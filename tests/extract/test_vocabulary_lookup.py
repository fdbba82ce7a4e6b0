"""How names of treatments are looked up: of all names those that can begin with a word of the text."""

from __future__ import annotations

import pytest

from pipeline.config import Drug
from pipeline.extract import vocabulary
from pipeline.extract.vocabulary import Vocabulary


def drug(name: str, *synonyms: str) -> Drug:
    return Drug(name=name, drug_class="any", synonyms=[*synonyms])


def names(words: Vocabulary, text: str) -> set[str]:
    return set[str]().union(*(term.names for term in words.find(text)))


def test_only_names_that_begin_with_a_word_of_the_text_are_taken_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    taken = []
    entry = vocabulary._entry

    def counted(name: vocabulary._Name) -> vocabulary._Entry:
        taken.append(name.word.lower())
        return entry(name)

    monkeypatch.setattr(vocabulary, "_entry", counted)
    words = Vocabulary([drug("zyxol one"), drug("zyxol two"), *(drug(f"name{i} x") for i in range(1000))])
    assert names(words, "They got zyxol one, then Zyxol two and again zyxol one.") == {"zyxol one", "zyxol two"}
    assert sorted(taken) == ["zyxol one", "zyxol two"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("They got abcde long acting.", {"long form"}),
        ("They got abcde.", {"short form"}),
        ("They got aspirin.", {"own aspirin"}),
    ],
)
def test_the_longest_name_and_the_own_list_come_first(text: str, expected: set[str]) -> None:
    own = [drug("short form", "abcde"), drug("long form", "Abcde long acting"), drug("own aspirin", "aspirin")]
    assert names(Vocabulary(own), text) == expected


def test_a_synonym_in_letters_that_no_text_is_read_for_stops_nothing() -> None:
    assert names(Vocabulary([drug("prednisone", "泼尼松", "+")]), "They got prednisone.") == {"prednisone"}
