"""Group refusals by reason, so that a report counts equal reasons."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from converter.ingest.findings import Refusal

EXAMPLES = 3
_NEAR_MISS = re.compile(r"did you mean [^?]*\?")
_VARIABLE = re.compile(r"(?<!\w)'[^']*'(?!\w)|\"[^\"]*\"|[0-9]+(?:[.,][0-9]+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalGroup:
    """Refusals with the same reason.

    Attributes:
        reason: The reason without what differs from record to record.
        refusals: All of them.
    """

    reason: str
    refusals: tuple[Refusal, ...]


def group(refusals: Sequence[Refusal]) -> tuple[RefusalGroup, ...]:
    """Return refusals by reason, the most frequent first."""
    found: dict[str, list[Refusal]] = {}
    for refusal in refusals:
        found.setdefault(_common(bare_reason(refusal)), []).append(refusal)
    return tuple(
        RefusalGroup(
            # A group of one keeps its details.
            reason=reason if len(members) > 1 else bare_reason(members[0]),
            refusals=tuple(members),
        )
        for reason, members in sorted(found.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    )


def _common(reason: str) -> str:
    """Return a reason without what differs between records."""
    return _VARIABLE.sub("…", _NEAR_MISS.sub("a file of a similar name is there", reason))


def lines(refusals: Sequence[Refusal]) -> Iterator[str]:
    """Yield a line for each reason with its count, and below it some examples."""
    for one in group(refusals):
        yield f"{len(one.refusals)} × {one.reason}"
        for refusal in one.refusals[:EXAMPLES]:
            name, image = refusal.record_id or "(no id)", refusal.image or "no picture"
            yield f"    {name} [{image}]: {refusal.reason}"
        if len(one.refusals) > EXAMPLES:
            yield f"    and {len(one.refusals) - EXAMPLES} more"


def place(refusal: Refusal) -> str:
    """Return the place of a refused row, such as "line 12"."""
    return refusal.reason.removesuffix(bare_reason(refusal)).rstrip(": ")


def bare_reason(refusal: Refusal) -> str:
    """Return a reason without the place of the row."""
    return re.sub(r"^.*?: (?=expected )", "", refusal.reason, count=1, flags=re.DOTALL)
