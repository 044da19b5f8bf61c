"""Large exports of made-up works, with a picture file of its own for each.

The texts are as varied as a print room's: accents, several makers, dates of many forms, titles in two languages. One
reading of a text that was read before would make a check look fast.
"""

import csv
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from xml.sax.saxutils import escape

import numpy as np
import openpyxl
from PIL import Image

HEADER = (
    *("record_id", "image", "inventory_number", "makers", "date", "title", "classification"),
    *("technique", "institution", "source_url", "rights", "relations", "note"),
)
PICTURES = 100  # different pictures; every work has a link to one of them as its own file
_SIDE = 64
_FIRST = ("Jürgen", "Élise", "Giovanni", "Anna", "Wenceslaus", "François", "Ludmiła", "Hans")
_LAST = ("Müller", "Lefèvre", "Beispiel", "Sample", "Čapek", "Esempio", "Voorbeeld", "Muster")
_ROLES = ("Stecher", "Radierer", "Verleger", "Lithograph", "Inventor")
_NOUNS = ("Mühle", "Landschaft", "Bildnis", "Marktplatz", "Sturm", "Wappen", "Jagd", "Hafen")
_TECHNIQUES = ("Radierung", "Kupferstich, Büttenpapier", "Lithographie", "Holzschnitt; Typendruck")
_RIGHTS = (
    "https://creativecommons.org/publicdomain/mark/1.0/",
    "Public Domain Mark 1.0",
    "© Muster, alle Rechte vorbehalten",
    "CC BY-SA 4.0",
)
_DATES: tuple[Callable[[int], str], ...] = (
    str,
    lambda year: f"um {year}",
    lambda year: f"c. {year}-{(year + 5) % 100:02}",
    lambda year: f"Entstehung des Druckträgers: {year} - {year + 3}",
    lambda year: f"{year // 100 + 1}. Jh., 2. Hälfte",
    lambda year: f"{year}, reprinted {year + 40}",
)


def work(number: int) -> dict[str, str]:
    """Return a made-up work's cells by field; each number has its own."""
    person = number // 11  # prints of one maker
    name = f"{_LAST[person % 8]} {person % 4001}, {_FIRST[person // 8 % 8]}"
    makers = f"{name} (1600 - 1670), {_ROLES[number % 5]}"
    if number % 3 == 0:
        makers += f"; nach {_LAST[number // 64 % 8]}, {_FIRST[number % 7]}"
    return {
        "record_id": f"G {number:06}",
        "image": f"{number:06}.png",
        "inventory_number": f"{1850 + number % 160}/{number}",
        "makers": makers,
        "date": _DATES[number % len(_DATES)](1500 + number % 420),
        "title": f"{_NOUNS[number % 8]} bei {_LAST[number // 8 % 8]}, Blatt {number}",
        "classification": "Druckgraphik",
        "technique": _TECHNIQUES[number % 4],
        "institution": "Graphische Sammlung Beispiel",
        "source_url": f"https://sammlung.example.org/werk/{number}",
        "rights": _RIGHTS[number % 4],
        "relations": f"Teil von, Folge {number // 12}" if number % 5 == 0 else "",
        "note": f"Bez. u. r.: „{name}“. Aus der Folge der {number % 24} Blätter; Rand beschnitten.",
    }


def write_pictures(folder: Path, count: int) -> None:
    """Write the picture files of works 0 to `count`."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        path = folder / work(number)["image"]
        if number < PICTURES:
            pixels = np.random.default_rng(number).integers(0, 256, (_SIDE, _SIDE, 3), np.uint8)
            Image.fromarray(pixels).save(path)
        else:
            os.link(folder / work(number % PICTURES)["image"], path)


def write_csv(folder: Path, count: int) -> None:
    """Write the works as a CSV file."""
    with (folder / "metadata.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, HEADER)
        writer.writeheader()
        writer.writerows(map(work, range(count)))


def write_xlsx(folder: Path, count: int) -> None:
    """Write the works as an Excel workbook."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Objekte")
    sheet.append(HEADER)
    for number in range(count):
        sheet.append(list(work(number).values()))
    book.save(folder / "works.xlsx")


def write_lido(folder: Path, count: int) -> None:
    """Write the works as a LIDO file."""
    with (folder / "works.xml").open("w", encoding="utf-8") as file:
        file.write('<lido:lidoWrap xmlns:lido="http://www.lido-schema.org">\n')
        for number in range(count):
            file.write(_lido({key: escape(text) for key, text in work(number).items()}))
        file.write("</lido:lidoWrap>\n")


def _lido(cells: Mapping[str, str]) -> str:
    return (
        f'<lido:lido><lido:lidoRecID lido:type="local">DE-1/{cells["record_id"]}</lido:lidoRecID>'
        '<lido:descriptiveMetadata xml:lang="de"><lido:objectClassificationWrap><lido:objectWorkTypeWrap>'
        f"<lido:objectWorkType><lido:term>{cells['classification']}</lido:term></lido:objectWorkType>"
        "</lido:objectWorkTypeWrap></lido:objectClassificationWrap><lido:objectIdentificationWrap><lido:titleWrap>"
        f'<lido:titleSet><lido:appellationValue xml:lang="de">{cells["title"]}</lido:appellationValue>'
        f'<lido:appellationValue xml:lang="en">Sheet {cells["record_id"]}</lido:appellationValue></lido:titleSet>'
        '</lido:titleWrap><lido:repositoryWrap><lido:repositorySet lido:type="current"><lido:repositoryName>'
        f"<lido:legalBodyName><lido:appellationValue>{cells['institution']}</lido:appellationValue>"
        '</lido:legalBodyName></lido:repositoryName><lido:workID lido:type="inventory number">'
        f"{cells['inventory_number']}</lido:workID></lido:repositorySet></lido:repositoryWrap>"
        "<lido:objectDescriptionWrap><lido:objectDescriptionSet><lido:descriptiveNoteValue>"
        f"{cells['note']}</lido:descriptiveNoteValue></lido:objectDescriptionSet></lido:objectDescriptionWrap>"
        "</lido:objectIdentificationWrap><lido:eventWrap><lido:eventSet><lido:event><lido:eventType>"
        f"<lido:term>Herstellung</lido:term></lido:eventType>{''.join(_actors(cells['makers']))}<lido:eventDate>"
        f"<lido:displayDate>{cells['date']}</lido:displayDate></lido:eventDate><lido:eventMaterialsTech>"
        f"<lido:displayMaterialsTech>{cells['technique']}</lido:displayMaterialsTech></lido:eventMaterialsTech>"
        "</lido:event></lido:eventSet></lido:eventWrap></lido:descriptiveMetadata>"
        '<lido:administrativeMetadata xml:lang="de"><lido:recordWrap><lido:recordID lido:type="local">'
        f"{cells['record_id']}</lido:recordID><lido:recordInfoSet><lido:recordInfoLink>{cells['source_url']}"
        "</lido:recordInfoLink></lido:recordInfoSet></lido:recordWrap><lido:resourceWrap><lido:resourceSet>"
        '<lido:resourceRepresentation lido:type="image_master"><lido:linkResource lido:formatResource="image/png">'
        f"{cells['image']}</lido:linkResource></lido:resourceRepresentation><lido:rightsResource><lido:rightsType>"
        f"<lido:term>{cells['rights']}</lido:term></lido:rightsType></lido:rightsResource></lido:resourceSet>"
        "</lido:resourceWrap></lido:administrativeMetadata></lido:lido>\n"
    )


def _actors(makers: str) -> Iterator[str]:
    for maker in makers.split("; "):
        yield (
            "<lido:eventActor><lido:actorInRole><lido:actor><lido:nameActorSet><lido:appellationValue>"
            f"{maker}</lido:appellationValue></lido:nameActorSet></lido:actor><lido:roleActor><lido:term>Stecher"
            "</lido:term></lido:roleActor></lido:actorInRole></lido:eventActor>"
        )
