"""Make the tables of an import's report."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from converter.ingest.collection import Collection
from converter.ingest.findings import Refusal
from converter.ingest.report import refusal_groups
from converter.ingest.report.unread_dates import unread_dates
from converter.ingest.text_changes import TextChange, TextChanges, visible
from converter.ingest.text_hygiene import TextFault

_EXAMPLES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportGroup:
    """Rows of one table that have the same reason.

    Attributes:
        reason: What they have in common.
        count: Number of rows.
        examples: Some of them, as text.
    """

    reason: str
    count: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportTable:
    """One table of the report: a CSV file and a section of the page.

    Attributes:
        file: Name of the CSV file.
        title: Heading of the section.
        lead: A sentence about what the table lists and what to do.
        count: Number of rows, including those that are only counted.
        header: Names of the columns.
        rows: The rows.
        groups: The same rows by reason, the most frequent first.
        reason_name, examples_name: Headings of a group's reason and examples.
    """

    file: str
    title: str
    lead: str
    count: int
    header: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    groups: tuple[ReportGroup, ...]
    reason_name: str = "reason"
    examples_name: str = "such as"


def all_tables(collection: Collection, refusals: Sequence[Refusal]) -> tuple[ReportTable, ...]:
    """Return every table of the report, empty ones included.

    Args:
        collection: The collection as it was read.
        refusals: Its refusals, with those of a build if there was one.
    """
    return (
        _left_out(
            refusals,
            file="refused.csv",
            title="Refused records",
            lead="These records are not in the bundle. Correct them in the export, and check again.",
        ),
        _left_out(
            collection.findings.without_picture,
            file="missing_pictures.csv",
            title="Records without a picture",
            lead="These records are not in the bundle, because a print is found by its picture. They count as no fault.",
        ),
        _rights(collection),
        _unread_dates(collection),
        _changed_texts(collection.findings.text_changes),
    )


def _left_out(refusals: Sequence[Refusal], *, file: str, title: str, lead: str) -> ReportTable:
    return ReportTable(
        file=file,
        title=title,
        lead=lead,
        count=len(refusals),
        header=("record_id", "image", "reason"),
        rows=[(one.record_id, one.image, one.reason) for one in refusals],
        groups=tuple(
            ReportGroup(
                reason=group.reason,
                count=len(group.refusals),
                examples=tuple(
                    f"{one.record_id or '(no id)'} [{one.image or 'no picture'}], {refusal_groups.place(one)}"
                    for one in group.refusals[:_EXAMPLES]
                ),
            )
            for group in refusal_groups.group(refusals)
        ),
    )


def _rights(collection: Collection) -> ReportTable:
    rules = collection.findings.rights
    rows = []
    for item in collection.items:
        decision = rules.decide(item.rights)
        shown = "shown" if item.show_picture else "hidden"
        rows.append(
            (item.record_id, item.rights or "", decision.rights_class, shown, decision.reason.value)
        )
    return ReportTable(
        file="rights.csv",
        title="Rights decisions",
        lead="A hidden picture is never shown, but its record is found and its text shown. The keys of [rights] in "
        "collection.toml decide otherwise.",
        count=len(rows),
        header=("record_id", "rights", "class", "picture", "decided by"),
        rows=rows,
        groups=_grouped(
            (f"{shown}: {rights_class}, by {reason}", text or "(no rights statement)")
            for _, text, rights_class, shown, reason in rows
        ),
        reason_name="decision",
        examples_name="rights statements",
    )


def _unread_dates(collection: Collection) -> ReportTable:
    rows = unread_dates(collection.items)
    return ReportTable(
        file="unread_dates.csv",
        title="Dates that aren’t understood",
        lead="These dates are shown as they stand. A filter on years doesn’t find their records.",
        count=len(rows),
        header=("record_id", "date"),
        rows=rows,
        groups=_grouped((text, record_id) for record_id, text in rows),
        reason_name="date",
        examples_name="records",
    )


def _changed_texts(changes: TextChanges) -> ReportTable:
    rows = [
        (
            one.place,
            one.column,
            "; ".join(fault.value for fault in one.faults),
            one.before,
            one.after,
        )
        for one in changes.listed
    ]
    more = f" Only the first {len(rows)} are in the file." if len(rows) < changes.total else ""
    return ReportTable(
        file="changed_texts.csv",
        title="Texts that were cleaned",
        lead=f"The bundle has the cleaned texts. Correct them in the museum’s own system, too.{more}",
        count=changes.total,
        header=("place", "column", "fault", "before", "after"),
        rows=rows,
        groups=tuple(
            ReportGroup(reason=fault.value, count=count, examples=_change_examples(changes, fault))
            for fault, count in sorted(changes.counts.items(), key=lambda pair: -pair[1])
        ),
        reason_name="fault",
    )


def _change_examples(changes: TextChanges, fault: TextFault) -> tuple[str, ...]:
    found = (one for one in changes.listed if fault in one.faults)
    return tuple(
        f"{one.place}, {one.column}: {_before_and_after(one)}"
        for one, _ in zip(found, range(_EXAMPLES), strict=False)
    )


def _before_and_after(change: TextChange) -> str:
    before, after = visible(change.before[:80]), visible(change.after[:80])
    return before if before == after else f"{before} → {after}"


def _grouped(pairs: Iterable[tuple[str, str]]) -> tuple[ReportGroup, ...]:
    counts: Counter[str] = Counter()
    examples: dict[str, dict[str, None]] = {}
    for reason, example in pairs:
        counts[reason] += 1
        kept = examples.setdefault(reason, {})
        if len(kept) < _EXAMPLES:
            kept[example] = None
    return tuple(
        ReportGroup(reason=reason, count=count, examples=tuple(examples[reason]))
        for reason, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    )
