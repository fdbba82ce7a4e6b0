"""Degrees of a response told by an adjective or adverb alone: "responded, completely in 12", "was complete in 36 and
partial in 20", "three complete and 20 partial responses", "a response in 40 and a complete one in 12".

The word stands for the outcome only where a response is named in the same sentence: "follow-up was complete in 36" tells
nothing of it. "Responders" is an outcome right behind a share of patients only: "12 (29%) responders", not "12 responders".
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence

from pipeline.extract.tokens import Token

Span = tuple[int, int, str]

#: adjective or adverb → class of outcome; what is no response is no outcome that is asked for
DEGREES = {
    "complete": "complete_response",
    "completely": "complete_response",
    "fully": "complete_response",
    "partial": "partial_response",
    "partially": "partial_response",
    "partly": "partial_response",
    "absent": "disposition",
    "nil": "disposition",
}
#: classes whose words a degree can be told of
RESPONSES = frozenset(["overall_response", "complete_response", "partial_response", "remission"])
#: behind the degree stands its number: "complete in 36", "complete (36%)", "complete: 36"
_BEFORE_NUMBER = frozenset(["in", "for", "(", "[", ":", "=", "was", "were"])
_BE = frozenset(["was", "were", "is", "being", "be", "been"])
#: what joins the degree to the response named before
_JOINS = frozenset(["and", ",", "or", "which", "it", "this", "these", "that", "but", ";", "either", "as"])
#: tokens between the number of patients and an adverb, or the degree and its number
_NEAR = 3


def degrees(tokens: Sequence[Token], numbers: Container[int], found: Sequence[Span]) -> list[Span]:
    """The words of degree that stand for an outcome, beside the outcomes `found` in the tokens of a sentence; `numbers`
    are the tokens that are quantities."""
    taken = {i for first, last, _ in found for i in range(first, last)}
    out = [s for s in _responders(tokens, numbers) if s[0] not in taken]
    responses = [s for s in found if s[2] in RESPONSES]
    if not responses:
        return out
    for i, token in enumerate(tokens):
        if token.lower_ in DEGREES and i not in taken and _told(tokens, numbers, responses, out, i):
            out.append((i, i + 1, DEGREES[token.lower_]))
    return sorted(out)


def _responders(tokens: Sequence[Token], numbers: Container[int]) -> Iterator[Span]:
    """ "12 (29%) responders": behind a share of patients, the word says what they are"""
    for i, token in enumerate(tokens):
        if token.lower_ == "responders":
            closed = _word(tokens, i - 1) == ")" and i - 2 in numbers and "%" in tokens[i - 2].text
            if closed or (i - 1 in numbers and "%" in tokens[i - 1].text):
                yield i, i + 1, "overall_response"


def _told(tokens: Sequence[Token], numbers: Container[int], responses: list[Span], earlier: list[Span], i: int) -> bool:
    ahead = any(i < first <= i + 4 for first, _, outcome in responses if outcome == "partial_response")
    if ahead and _word(tokens, i + 1) in {"and", ",", "or"}:  # "three complete and 20 partial responses"
        return True
    if _with_percent(tokens, numbers, i) and any(
        i + 4 < s[0] <= i + 7 and s[2] == "partial_response" for s in responses
    ):
        return True
    before = [s for s in responses if s[1] <= i]
    if not before:
        return False
    if tokens[i].lower_.endswith("ly"):
        return any(j in numbers for j in range(max(0, i - _NEAR), i + _NEAR))
    if _word(tokens, i + 1) in {"one", "ones"}:
        return True
    return _numbered(tokens, numbers, i) and (_joined(tokens, before[-1], i) or _goes_on(tokens, earlier, i))


def _with_percent(tokens: Sequence[Token], numbers: Container[int], i: int) -> bool:
    """ "three complete (8%) and 20 partial (50%) responses" """
    bracket = (_word(tokens, i + 1), _word(tokens, i + 3)) == ("(", ")") and i + 2 in numbers
    return bracket and i - 1 in numbers and _word(tokens, i + 4) in {"and", ",", "or"}


def _numbered(tokens: Sequence[Token], numbers: Container[int], i: int) -> bool:
    """Its number stands behind it: "complete in 36"."""
    return _word(tokens, i + 1) in _BEFORE_NUMBER and any(j in numbers for j in range(i + 2, i + 2 + _NEAR))


def _joined(tokens: Sequence[Token], response: Span, i: int) -> bool:
    """The degree is said of the response: it follows its verb, and no other subject stands between."""
    verb = i - 1 if _word(tokens, i - 1) in _BE else None
    if verb is None:
        return _word(tokens, i - 1) in {":", "(", "as"} and response[1] >= i - _NEAR
    if _word(tokens, verb - 1) in _JOINS:
        return True
    return not any(t.lower_ in _BE or t.text in ";:" for t in tokens[response[1] : verb])


def _goes_on(tokens: Sequence[Token], earlier: list[Span], i: int) -> bool:
    """ "complete in 12, partial in 20 and absent in 8": the list of degrees goes on"""
    return bool(earlier) and _word(tokens, i - 1) in _JOINS


def _word(tokens: Sequence[Token], i: int) -> str:
    return tokens[i].lower_ if 0 <= i < len(tokens) else ""
