"""Two works in every format that the converter reads, with files as pictures."""

import json
from collections.abc import Callable
from pathlib import Path

import openpyxl

WORKS = [{"id": f"a-{number}", "title": f"Print {number}"} for number in (1, 2)]
PICTURES = ("scans/1.png", "scans/2 b.png")
LIDO = """<lido:lido><lido:lidoRecID>{id}</lido:lidoRecID><lido:descriptiveMetadata><lido:objectIdentificationWrap>
<lido:titleWrap><lido:titleSet><lido:appellationValue>{title}</lido:appellationValue></lido:titleSet></lido:titleWrap>
</lido:objectIdentificationWrap></lido:descriptiveMetadata><lido:administrativeMetadata><lido:resourceWrap><lido:resourceSet>
<lido:resourceRepresentation><lido:linkResource>{image}</lido:linkResource></lido:resourceRepresentation>
</lido:resourceSet></lido:resourceWrap></lido:administrativeMetadata></lido:lido>"""


def rows() -> list[dict[str, str]]:
    """Return the works, each with the name of its picture."""
    return [{**work, "image": name} for work, name in zip(WORKS, PICTURES, strict=True)]


def write_csv(path: Path) -> None:
    lines = [",".join(rows()[0]), *(",".join(row.values()) for row in rows())]
    path.write_text("\n".join(lines), "utf-8")


def write_xlsx(path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (list(rows()[0]), *(list(row.values()) for row in rows())):
        book.active.append(row)
    with path.open("wb") as file:
        book.save(file)


def write_json(path: Path) -> None:
    path.write_text(json.dumps({"works": rows()}), "utf-8")


def write_lido(path: Path) -> None:
    works = "".join(LIDO.format(**row) for row in rows())
    path.write_text(
        f'<lido:lidoWrap xmlns:lido="http://www.lido-schema.org">{works}</lido:lidoWrap>', "utf-8"
    )


def write_iiif(path: Path) -> None:
    manifests = []
    for row in rows():
        body = {"id": row["image"].replace(" ", "%20"), "type": "Image"}
        canvas = {"type": "Canvas", "items": [{"items": [{"body": body}]}]}
        manifests.append(
            {"id": row["id"], "type": "Manifest", "label": row["title"], "items": [canvas]}
        )
    context = "http://iiif.io/api/presentation/3/context.json"
    document = {"@context": context, "id": "all", "type": "Collection", "items": manifests}
    path.write_text(json.dumps(document), "utf-8")


FORMATS: dict[str, Callable[[Path], None]] = {
    "csv": write_csv,
    "xlsx": write_xlsx,
    "json": write_json,
    "lido": write_lido,
    "iiif": write_iiif,
}
