"""What differs between a version and now before any number is looked at: code, packages, settings, reviewers' lines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pipeline.release.now import Now
from pipeline.release.software import code, software
from pipeline.release.versions import Kept
from pipeline.released import Cause, CodeChange, KeptLine, LineChange, SettingChange

#: keys of the config that say how numbers are pooled; those before the dot that change no number
METHOD = ("analysis.measure", "analysis.method", "analysis.test", "analysis.level")
WORDS = ("review", "living")
#: files whose content is compared by its hash; config.yaml is compared key by key
TABLES = ("config/drugs.csv", "config/outcomes.csv")


def code_changes(then: Kept) -> list[CodeChange]:
    """Packages with another version, then stages with other code."""
    before, after = then.release.software, software()
    packages = [
        CodeChange(what=name, before=before.get(name, "—"), after=after[name])
        for name in after
        if before.get(name) != after[name]
    ]
    return packages + [CodeChange(what=stage) for stage, sha in code().items() if then.release.code.get(stage) != sha]


def setting_changes(then: Kept, now: Now) -> list[SettingChange]:
    found = [
        SettingChange(key=key, before=before, after=after, method=key in METHOD)
        for key, before, after in _differing(then.release.config, now.config)
    ]
    return found + [
        SettingChange(key=file, before="", after="", method=False)
        for file in TABLES
        if then.release.files.get(file) != now.files.get(file)
    ]


def _differing(before: Mapping[str, str], after: Mapping[str, str]) -> Iterable[tuple[str, str, str]]:
    for key in dict.fromkeys([*before, *after]):
        if before.get(key, "") != after.get(key, ""):
            yield key, before.get(key, ""), after.get(key, "")


def line_changes(then: Kept, now: Now) -> list[LineChange]:
    """New, changed and withdrawn lines. A line is a changed one where the same reviewer's line on the same cell is
    gone."""
    before, after = then.release.overrides, now.lines
    known, there = {line.key for line in before}, {line.key for line in after}
    gone = {_cell(line): line for line in before if line.key not in there}
    found = []
    for line in after:
        if line.key not in known:
            old = gone.pop(_cell(line), None)
            change = "new" if old is None else "changed"
            found.append(LineChange(change=change, line=line, before="" if old is None else old.value))
    return found + [
        LineChange(change="withdrawn", line=line) for line in before if line.key not in there and _cell(line) in gone
    ]


def _cell(line: KeptLine) -> tuple[str, ...]:
    return line.file, line.study, line.arm, line.outcome, line.field, line.reviewer


def first_causes(then: Kept, now: Now) -> tuple[Cause, ...]:
    """What can have changed a number whose text and reviewers' lines are the same."""
    found: list[Cause] = []
    if code_changes(then):
        found.append("software")
    if any(not s.method and s.key.partition(".")[0] not in WORDS for s in setting_changes(then, now)):
        found.append("settings")
    return tuple(found) or ("unknown",)
