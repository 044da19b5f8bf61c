"""The language of a museum is guessed from at least two names of columns."""

import pytest

from converter.ingest.start.header_language import header_language


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("Titel,Künstler,Datierung", "de"),
        ("Titel,Vervaardiger,Datering", "nl"),
        ("Titre,Auteur", "fr"),
        ("Titolo,Autore,Tecnica", "it"),
        ("Título,Autor,Técnica", "es"),
        ("Titel,id", None),
        ("title,artist,medium", None),
    ],
)
def test_the_language_is_guessed(header: str, language: str | None) -> None:
    assert header_language(header.split(",")) == language
