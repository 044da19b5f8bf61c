"""Map the labels of a IIIF manifest's metadata to fields, in six languages.

A manifest's metadata is made for people, so labels are whatever a museum calls them. A label that isn't known is passed over.
"""

import re

_LABELS = {
    "makers": (
        "artist artists artist/maker maker makers creator creators author authors engraver etcher printmaker by "
        "künstler künstlerin künstler/in künstler*in urheber schöpfer stecher beteiligte person personen verfasser "
        "artiste artistes auteur auteurs créateur graveur "
        "artista artisti autore autori creatore incisore "
        "kunstenaar maker/kunstenaar vervaardiger graveur "
        "artistas autor autores creador grabador"
    ),
    "date": (
        "date dates dated created creation_date date_created production_date date_made datum datierung entstehungszeit "
        "entstehungsdatum jahr zeit date_de_création datation année data datazione data_di_creazione anno epoca "
        "datering vervaardigingsdatum jaar fecha fecha_de_creación datación año"
    ),
    "technique": (
        "technique techniques medium materials material materials_and_techniques technique_and_material "
        "technik material/technik material_und_technik materialien technique_et_matériaux matériaux matériau "
        "tecnica materiali tecnica_e_materiali materia_e_tecnica techniek materiaal materiaal/techniek "
        "técnica materiales técnica_y_materiales"
    ),
    "classification": (
        "type object_type classification genre category work_type format_of_work objektart objekttyp gattung sachgruppe "
        "type_d'objet domaine typologie tipo tipologia tipo_di_oggetto genere objecttype soort categorie "
        "tipo_de_objeto clasificación"
    ),
    "institution": (
        "repository institution museum holding_institution current_location owner collection "
        "institution sammlung standort besitzende_institution eigentümer musée collection établissement lieu_de_conservation "
        "istituzione museo collezione instelling collectie bewaarplaats institución colección"
    ),
    "inventory_number": (
        "inventory_number inventory_no accession_number accession_no object_number identifier shelfmark call_number "
        "inventarnummer inv.-nr inv._nr signatur objektnummer numéro_d'inventaire cote inventaire numero_di_inventario "
        "numero_d'inventario segnatura inventarisnummer objectnummer número_de_inventario signatura"
    ),
    "rights": (
        "rights rights_statement licence license copyright usage_rights terms_of_use reuse "
        "rechte lizenz urheberrecht nutzungsrechte rechtehinweis droits licence_d'utilisation droits_d'auteur diritti licenza "
        "diritti_d'autore rechten licentie auteursrecht derechos licencia derechos_de_autor"
    ),
    "credit": (
        "credit credits credit_line attribution provided_by courtesy_of bildnachweis nachweis kredit crédit crédits "
        "mention_obligatoire crediti attribuzione bronvermelding crédito créditos atribución"
    ),
    "note": (
        "description summary abstract note notes beschreibung bemerkung anmerkung zusammenfassung résumé remarque "
        "descrizione nota note beschrijving opmerking descripción resumen"
    ),
}  # fmt: skip


def _normalised(label: str) -> str:
    plain = re.sub(r"<[^>]*>", "", label).casefold().strip(" \t\n:.")
    return re.sub(r"[\s_]+", "_", re.sub(r"\s*(\(s\)|\([a-z]+\))$", "", plain))


_FIELDS = {word: field for field, words in reversed(_LABELS.items()) for word in words.split()}


def field_of(label: str) -> str | None:
    """Return the field that a label names; `None` for one that isn't known."""
    return _FIELDS.get(_normalised(label))
