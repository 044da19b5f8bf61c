"""Write the report of an import: a CSV file for each table, and one page.

The page loads nothing else. Neither holds a time or a path, so the same export gives the same files.
"""

from collections.abc import Sequence
from pathlib import Path

from converter import page_template
from converter.ingest.build_checks import MAX_REFUSED_SHARE, reasons_to_stop
from converter.ingest.collection import Collection
from converter.ingest.findings import Refusal
from converter.ingest.report.csv_file import write_csv
from converter.ingest.report.tables import ReportTable, all_tables

PAGE = "report.html"
_MOST_GROUPS = 30


def write(
    collection: Collection,
    folder: Path,
    *,
    refusals: Sequence[Refusal] | None = None,
    max_refused_share: float = MAX_REFUSED_SHARE,
) -> Path:
    """Write the report's files, replacing earlier ones, and return the page's path.

    Args:
        collection: The collection as it was read.
        folder: Made if it is missing.
        refusals: The refusals of a finished build; `None` for those of the collection.
        max_refused_share: Share of the records that may be refused before a build stops, 0..1.
    """
    tables = all_tables(collection, collection.refusals if refusals is None else refusals)
    folder.mkdir(parents=True, exist_ok=True)
    for table in tables:
        write_csv(folder / table.file, table.header, table.rows)
    path = folder / PAGE
    path.write_text(page(collection, tables, max_refused_share), encoding="utf-8")
    return path


def page(collection: Collection, tables: Sequence[ReportTable], max_refused_share: float) -> str:
    """Return the report's page, one HTML file without scripts."""
    refused = next(table.count for table in tables if table.file == "refused.csv")
    folder = f"{collection.path}: "
    return page_template.load("import_report.html").render(
        name=collection.name,
        refused=refused,
        kept=len(collection.items) + len(collection.refusals) - refused,
        without=len(collection.findings.without_picture),
        hidden=sum(not item.show_picture for item in collection.items),
        reasons=[
            reason.removeprefix(folder) for reason in reasons_to_stop(collection, max_refused_share)
        ],
        columns=collection.columns,
        unused=collection.unused,
        warnings=collection.warnings,
        tables=tables,
        most=_MOST_GROUPS,
    )
