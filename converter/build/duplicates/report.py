"""Write the same-image report: one page with pairs side by side, and two CSV files.

The page loads nothing else. Neither holds a time or a path, so the same bundle gives the same files.
"""

import base64
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from converter import page_template
from converter.build.duplicates.broken_relations import BrokenRelation, RelationFault
from converter.build.duplicates.bundle_pictures import BundlePicture, load_thumbnail
from converter.build.duplicates.measure_pair import PairMeasures, Points
from converter.build.duplicates.pair_kinds import (
    PROBABLE_INLIERS,
    SMALL_PART_COVERED,
    TEXTS,
    PairKind,
    Sureness,
)
from converter.build.duplicates.reported_pairs import ReportedPair, ReportedRecord
from converter.calibrate.duplicates import SAME_IMAGE_INLIERS
from converter.ingest.report.csv_file import write_csv
from device.bundle.reader import OpenedBundle

PAGE = "duplicates.html"
PAIRS, RELATIONS = "same_images.csv", "broken_relations.csv"
# Pairs of one kind, pictures of one group and relations that the page shows. The files have all.
_MOST_PAIRS, _MOST_IN_A_GROUP, _MOST_RELATIONS = 60, 6, 200

_PAIR_HEADER = (
    "kind", "sureness", "group", "record_1", "title_1", "record_2", "title_2", "matching points", "covered_1", "covered_2",
    "shown_1", "shown_2", "largest mismatch", "mirrored", "already related", "suggested relation of record_2",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class DuplicatesReport:
    """Everything that the report says about a bundle.

    Attributes:
        pairs: By kind, and within a kind the surest first.
        relations: Relations that lead to no record.
        pictures: Number of pictures that were looked up.
        full: Ids of records whose partners may not all be listed.
    """

    pairs: tuple[ReportedPair, ...]
    relations: tuple[BrokenRelation, ...]
    pictures: int
    full: tuple[str, ...]


def write(report: DuplicatesReport, bundle: OpenedBundle, folder: Path) -> Path:
    """Write the report's files, replacing earlier ones, and return the page's path.

    Args:
        report: What was found.
        bundle: The bundle, for its pictures and thresholds.
        folder: Made if it is missing.
    """
    folder.mkdir(parents=True, exist_ok=True)
    write_csv(folder / PAIRS, _PAIR_HEADER, map(_pair_row, report.pairs))
    write_csv(
        folder / RELATIONS,
        ("record_id", "relation", "to", "fault", "perhaps meant"),
        ((o.record_id, o.kind, o.target, o.fault.value, o.meant) for o in report.relations),
    )
    path = folder / PAGE
    path.write_text(page(report, bundle), encoding="utf-8")
    return path


def page(report: DuplicatesReport, bundle: OpenedBundle) -> str:
    """Return the report's page, one HTML file without scripts that includes its pictures."""

    def picture(of: BundlePicture) -> str:
        data = load_thumbnail(bundle, of)
        return "" if data is None else f"data:image/webp;base64,{base64.b64encode(data).decode()}"

    filters: dict[str, Callable[..., str]] = {"picture": picture, "dots": _dots, "share": _share}
    return page_template.load("duplicates.html", filters=filters).render(
        name=bundle.manifest.name,
        report=report,
        thresholds=bundle.manifest.thresholds,
        kinds=[(kind, TEXTS[kind], _of_kind(report.pairs, kind)) for kind in PairKind],
        border=PairKind.SHARED_BORDER,
        groups=_groups(_of_kind(report.pairs, PairKind.SHARED_BORDER)),
        faulty=_faulty(report.relations),
        series=Counter(one.target for one in report.relations if _is_text(one)).most_common(),
        surenesses=list(Sureness),
        small=SMALL_PART_COVERED,
        certain=SAME_IMAGE_INLIERS,
        probable=PROBABLE_INLIERS,
        most_pairs=_MOST_PAIRS,
        most_in_a_group=_MOST_IN_A_GROUP,
        most_relations=_MOST_RELATIONS,
        pairs_file=PAIRS,
        relations_file=RELATIONS,
    )


def summary(report: DuplicatesReport) -> str:
    """Return the counts of the report as lines of text."""
    lines = [f"{len(report.pairs)} pairs of records among {report.pictures} pictures"]
    for kind in PairKind:
        counts = Counter(pair.sureness for pair in _of_kind(report.pairs, kind))
        if counts:
            parts = ", ".join(f"{counts[one]} {one.value}" for one in Sureness if counts[one])
            lines.append(f"  {counts.total():6} {TEXTS[kind].title.lower()}: {parts}")
    faulty = len(_faulty(report.relations))
    texts = len(report.relations) - faulty
    lines.append(
        f"{faulty} relations with a wrong number, and {texts} to something without a record"
    )
    return "\n".join(lines)


def _of_kind(pairs: Sequence[ReportedPair], kind: PairKind) -> list[ReportedPair]:
    return [pair for pair in pairs if pair.kind is kind]


def _faulty(relations: Sequence[BrokenRelation]) -> list[BrokenRelation]:
    return [one for one in relations if not _is_text(one)]


def _is_text(relation: BrokenRelation) -> bool:
    return relation.fault is RelationFault.TEXT


def _pair_row(pair: ReportedPair) -> tuple[str, ...]:
    return (
        pair.kind.value,
        pair.sureness.value,
        str(pair.group),
        *(
            text
            for one in (pair.first, pair.second)
            for text in (one.record.record_id, one.record.title)
        ),
        *(("",) * 7 if pair.measures is None else _measured_cells(pair.measures)),
        "; ".join(pair.related),
        pair.suggestion,
    )


def _measured_cells(measures: PairMeasures) -> tuple[str, ...]:
    return (
        str(measures.inliers),
        _share(measures.covered_first),
        _share(measures.covered_second),
        _share(measures.shown_first),
        _share(measures.shown_second),
        f"{measures.gap:.1f}",
        "yes" if measures.mirrored else "no",
    )


def _groups(pairs: Sequence[ReportedPair]) -> list[tuple[ReportedRecord, ...]]:
    """Return the records of each group, largest groups first."""
    found: dict[int, dict[int, ReportedRecord]] = {}
    for pair in pairs:
        for one in (pair.first, pair.second):
            found.setdefault(pair.group, {})[one.record.item] = one
    return sorted((tuple(members.values()) for members in found.values()), key=len, reverse=True)


def _share(value: float) -> str:
    return f"{value * 100:.0f} %"


def _dots(points: Points) -> str:
    """Return the path of an SVG with a dot at each point, in percent of the picture's sides."""
    return "".join(f"M{x:.1f} {y:.1f}h0" for x, y in (points * 100).tolist())
