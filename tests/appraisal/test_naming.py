"""Names as people write them."""

from __future__ import annotations

import pytest

from pipeline.appraisal.naming import Unknown, found


@pytest.mark.parametrize("name", ["RoB 2", "rob2", "ROB-2", "RoB2.0"])
def test_spellings(name: str) -> None:
    assert found("tool", name, ["RoB 2", "ROBINS-I"], {"RoB 2.0": "RoB 2"}) == "RoB 2"


def test_names_that_are_spelled_alike_are_told_apart() -> None:
    known = ["al-ali-2010", "alali-2010"]
    assert found("study", "alali-2010", known) == "alali-2010"
    with pytest.raises(Unknown, match='study "Alali 2010" may be each of al-ali-2010, alali-2010'):
        found("study", "Alali 2010", known)


def test_of_few_all_are_told_and_of_many_the_nearest_first() -> None:
    with pytest.raises(Unknown, match=r'colour "grey" is not known \(known: red, green\)'):
        found("colour", "grey", ["red", "green"])
    many = [f"{name}-{year}" for name in ("arnold", "smith", "doe") for year in range(2000, 2020)]
    with pytest.raises(Unknown, match=r"nearest: arnold-201\d, .*known: arnold-2000, .*, …\)"):
        found("study", "arnold-201", many)
    with pytest.raises(Unknown, match=r"\(known: none\)"):
        found("study", "", [])


def test_a_cell_of_anything_is_one_short_line() -> None:
    with pytest.raises(Unknown) as error:
        found("tool", "Ro\nB\u0007" + "x" * 100_000, [f"name {i}" for i in range(500)])
    assert len(str(error.value).splitlines()) == 1
    assert len(str(error.value)) < 1000
    assert r'tool "Ro\nB\x07xx' in str(error.value)
