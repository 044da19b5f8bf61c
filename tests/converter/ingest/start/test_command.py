"""`start` writes a collection.toml with which every record of an export is read."""

from pathlib import Path

import pytest

from bench.case_folders import SHARED
from bench.museum_cases import faults, read_museums
from converter.errors import CollectionError
from converter.ingest import collection
from converter.ingest.collection import Item
from converter.ingest.start.command import start

from .conftest import Export

# Columns as Met, Tate, Carnegie, MoMA, NGA and German software name them; makers, years and the number of pictures.
KINDS = {
    "met": (
        "Object Number,Object ID,Title,Artist Role,Artist Prefix,Artist Display Name,Object Date,Object Begin Date,"
        "Object End Date,Medium",
        [
            "17.5/1,901,Adam,Artist|Artist,|After,Marc Example|Raph Sample,ca. 1512,1512,1514,Engraving"
        ],
        ["17.5_1.png"],
        {"17.5/1": ("Marc Example; Raph Sample", 1512, 1514, 1)},
    ),
    "tate": (
        "id,accession_number,artist,title,dateText,year,thumbnailUrl",
        [
            "7,A05,Example,Circle,1826–7,1826,http://example.org/A05.png",
            "8,A06,Example,Serpent,[?],1790,",
        ],
        ["scans/A05.png", "scans/A06.png"],
        {"A05": ("Example", 1826, 1827, 1), "A06": ("Example", 1790, 1790, 1)},
    ),
    "cmoa": (
        "title,creation_date,creation_date_earliest,creation_date_latest,accession_number,id,full_name,role",
        ["Battle,,1790-01-01,1820-01-01,89.28,things/1,Shun Example|Eza Sample,publisher|"],
        ["89.28.png"],
        {"89.28": ("Shun Example; Eza Sample", 1790, 1820, 1)},
    ),
    "moma": (
        "Title;Artist;BeginDate;EndDate;Date;AccessionNumber;ObjectID;URL",
        [
            "Untitled;Mary Example, John Sample;(1900);(1980);1984;885.1;51;",
            "Plate;Louis Van Example, Eva Sample;(1900);(1980);(1934);1008 x1-x2;52;",
        ],
        ["moma_885.1.png", "moma_1008 x1-x2.png"],
        {
            "885.1": ("Mary Example; John Sample", 1984, 1984, 1),
            "1008 x1-x2": ("Louis Van Example; Eva Sample", 1934, 1934, 1),
        },
    ),
    "nga": (
        "objectid,accessionnum,title,displaydate,beginyear,endyear,medium,attribution",
        ["1,1943.3.1,Vase,c. 1887,1882,1892,etching,Mary Example", "2,1943.3.2,Album,,,,volume,"],
        ["1943.3.1.png", "1943.3.2.png"],
        {"1943.3.1": ("Mary Example", 1882, 1892, 1), "1943.3.2": (None, None, None, 1)},
    ),
    "german": (
        "Inventarnr.;Künstler;Titel;Datierung;Von;Bis;Technik;Bild",
        ["D 001;Muster, Felix (1865 - 1925), Künstler;Nacht;[?];1915;1916;Holzschnitt;1.png|2.png"],
        ["1.png", "2.png"],
        {"D 001": ("Muster, Felix (Künstler)", 1915, 1916, 2)},
    ),
    "french": (
        "Numéro d'inventaire;Auteur;Titre;Datation;Technique;Fichier",
        [
            "G 1;d'après Exemple, Jean;Tête;1801;Eau-forte;g1r.png",
            "G 1;d'après Exemple, Jean;Tête;1801;Eau-forte;g1v.png",
        ],
        ["g1r.png", "g1v.png"],
        {"G 1": ("Exemple, Jean (d'après)", 1801, 1801, 2)},
    ),
    "dutch": (
        "Objectnummer;Vervaardiger;Titel;Datering;Beginjaar;Eindjaar;Afbeelding",
        ["RP-1;Voorbeeld, Jan;Molen;;1650;1655;a.png"],
        ["a.png"],
        {"RP-1": ("Voorbeeld, Jan", 1650, 1655, 1)},
    ),
    "spanish": (
        "Número de inventario;Autor;Título;Fecha;Imagen",
        ["I/1;Ejemplo, Ana;Noche;1799;a.png"],
        ["a.png"],
        {"I/1": ("Ejemplo, Ana", 1799, 1799, 1)},
    ),
    "italian": (
        "Numero inventario;Autore;Titolo;Data da;Data a;Immagine",
        ["I 1;Esempio, Anna;Notte;1799;1800;a.png"],
        ["a.png"],
        {"I 1": ("Esempio, Anna", 1799, 1800, 1)},
    ),
}


def facts(item: Item) -> tuple[str | None, int | None, int | None, int]:
    return item.makers, item.year_min, item.year_max, 1 + len(item.more_images)


@pytest.mark.parametrize("kind", KINDS)
def test_an_export_is_read_after_start(export: Export, kind: str) -> None:
    header, rows, pictures, expected = KINDS[kind]
    folder = export(header, rows, pictures)
    if ";" in header:  # commas within cells
        (folder / "metadata.csv").write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")

    started = start(folder)
    found = collection.read(folder)

    assert started.path == folder / "collection.toml"
    assert found.refusals == ()
    assert {item.record_id: facts(item) for item in found.items} == expected


MUSEUMS = ("cmoa", "iiif", "iiif2", "lido", "met", "moma", "museumplus", "nga", "tate", "xlsx")


@pytest.mark.slow
@pytest.mark.parametrize("name", MUSEUMS)
def test_a_real_export_is_read_after_start_as_a_curator_would(name: str) -> None:
    """Makers, years, titles in every language and pictures, of every record."""
    if not (SHARED / "museums" / name).is_dir():
        pytest.skip("the museums' exports are not next to this checkout")
    cases = {case.folder.name: case for case in read_museums(SHARED / "museums")}

    assert faults(cases[name]) == []


def test_an_existing_file_is_kept_without_force(export: Export) -> None:
    folder = export("id,title,image", ["1,a,a.png"], ["a.png"])
    (folder / "collection.toml").write_text("[csv]\n")

    with pytest.raises(
        CollectionError, match="expected none, found one; edit it, or run start with --force"
    ):
        start(folder)
    assert (folder / "collection.toml").read_text() == "[csv]\n"

    start(folder, overwrites=True)
    assert "[columns]" in (folder / "collection.toml").read_text("utf-8")
    assert sorted(path.name for path in folder.iterdir()) == [
        "a.png",
        "collection.toml",
        "metadata.csv",
    ]


def test_a_file_in_the_encoding_of_windows_is_read(export: Export) -> None:
    folder = export("id,title,image", ["1,a,a.png"], ["a.png"])
    (folder / "metadata.csv").write_bytes("id,title,image\n1,Flöte,a.png\n".encode("cp1252"))

    started = start(folder)

    assert started.doubts == ("guessed, as the file is not in UTF-8: look at names with accents",)
    assert collection.read(folder).items[0].title == "Flöte"


@pytest.mark.parametrize(
    ("rows", "message"), [([], "expected records below the header"), (None, "found none")]
)
def test_an_export_without_records_is_reported(
    export: Export, rows: list[str] | None, message: str
) -> None:
    folder = export("id,title,image", rows or [], [])
    if rows is None:
        (folder / "metadata.csv").unlink()

    with pytest.raises(CollectionError, match=message):
        start(folder)
    assert not (folder / "collection.toml").exists()


def test_a_file_in_two_encodings_is_no_other_encoding(tmp_path: Path) -> None:
    rows = ["1,Löwe,1.jpg\n".encode(), "2,Mühle,2.jpg\n".encode("cp1252")]
    (tmp_path / "metadata.csv").write_bytes(b"id,title,image\n" + b"".join(rows))

    with pytest.raises(
        CollectionError, match=r"line 3: .*save the whole file in a single encoding"
    ):
        start(tmp_path)

    assert not (tmp_path / "collection.toml").exists()
