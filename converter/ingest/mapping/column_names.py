"""The names that museums give their columns, in six languages.

Plain data, with the rule that compares names.

Sources: the published exports of Tate, Carnegie Museum of Art, the Metropolitan Museum, MoMA, the National Gallery of
Art, Harvard, Cleveland, Chicago, Brooklyn, Cooper Hewitt, Walters; MuseumPlus exports as ETH's collection of prints uses
them; Dublin Core. MoMA's "BeginDate" and "EndDate" are the artist's life dates, so neither is a name for years here.
"""

import re
import unicodedata
from collections.abc import Mapping

# Names that mean one field wherever they occur. A field's own name is always known. The best name comes first.
ALIASES: Mapping[str, tuple[str, ...]] = {
    "record_id": ("id", "identifier", "object_id", "objekt_id", "identifiant"),
    "title": ("titel", "titre", "titolo", "titulo", "object_title", "objekttitel", "primary_title"),
    "makers": (
        *(
            "maker",
            "all_artists",
            "makers_display",
            "creator",
            "creators",
            "person",
            "persons",
            "artist",
        ),
        *("artists", "artist_display_name", "artist_name", "attribution", "kunstler", "kuenstler"),
        *("kunstler_in", "urheber", "artiste", "artistes", "auteur", "createur"),
        *("artista", "artisti", "autore", "autori", "autor", "autores", "kunstenaar"),
        *("kunstenaars", "vervaardiger", "vervaardigers", "principal_or_first_maker"),
    ),
    "date": (
        *("date_text", "dated", "datierung", "datation", "datazione", "object_date"),
        *("display_date", "date_display", "creation_date", "date_made", "production_date"),
        *("datering", "datacion", "fecha", "data", "datum", "date_of_creation"),
    ),
    "year_from": (
        *("date_earliest", "earliest_date", "earliest_year", "creation_date_earliest"),
        *("object_begin_date", "object_date_begin", "begin_year", "date_begin", "date_begin_year"),
        *("start_year", "year_start", "date_start", "date_from", "from_year", "year_early"),
        *("date_made_early", "dating_year_early", "jahr_von", "datierung_von", "datum_von"),
        *("fruhestes_jahr", "annee_debut", "date_debut", "datation_debut", "anno_da", "data_da"),
        *("anno_inizio", "data_inizio", "jaar_van", "datering_van", "jaar_begin", "beginjaar"),
        *("ano_desde", "fecha_desde", "ano_inicio", "fecha_inicio"),
    ),
    "year_to": (
        *("date_latest", "latest_date", "latest_year", "creation_date_latest"),
        *("object_end_date", "object_date_end", "end_year", "date_end", "date_end_year"),
        *("year_end", "date_to", "to_year", "year_late", "date_made_late", "dating_year_late"),
        *("jahr_bis", "datierung_bis", "datum_bis", "spatestes_jahr", "annee_fin", "date_fin"),
        *("datation_fin", "anno_a", "data_a", "anno_fine", "data_fine", "jaar_tot"),
        *(
            "datering_tot",
            "jaar_eind",
            "eindjaar",
            "ano_hasta",
            "fecha_hasta",
            "ano_fin",
            "fecha_fin",
        ),
    ),
    "year": ("jahr", "annee", "anno", "jaar", "ano"),
    "classification": (
        *("object_type", "objektart", "klassifikation", "objekttyp", "type_d_objet", "type_objet"),
        *("classificazione", "tipo_di_oggetto", "clasificacion", "tipo_de_objeto"),
        *("classificatie", "artwork_type"),
    ),
    "technique": (
        *("material_technique", "mat_tec", "material_and_technique", "medium", "technik"),
        *("technique_materiaux", "tecnica", "material_technik", "material_und_technik"),
        *("materials_and_techniques", "materiaux_et_techniques", "matiere_et_technique"),
        *("materia_e_tecnica", "materiali_e_tecniche", "techniek", "materiaal_techniek"),
        *("medium_display", "materia_y_tecnica"),
    ),
    "institution": (
        *("institution_isil", "repository", "museum", "musee", "museo", "sammlungsinstitution"),
    ),
    "inventory_number": (
        *("inv_nr", "inventory_no", "inventarnummer", "accession_number", "object_number"),
        *("inventarnr", "inv_no", "inv_number", "accession_num"),
        *("accession_no", "objektnummer", "signatur", "numero_d_inventaire", "numero_inventaire"),
        *("n_inventaire", "no_inventaire", "num_inv", "cote", "numero_di_inventario"),
        *("numero_inventario", "n_inventario", "inventario", "inventarisnummer", "objectnummer"),
        *("numero_de_inventario", "inventory_num", "inventory_id", "acno"),
    ),
    "relations": (
        "relation",
        "related_works",
        "beziehungen",
        "relazioni",
        "relaciones",
        "relaties",
    ),
    "rights": (
        *("licence", "license", "image_licence", "image_license", "lizenz", "bildlizenz"),
        *("licenza", "licencia", "licentie", "rights_and_reproduction"),
    ),
    "credit": (
        *("credit_line", "source_title", "creditzeile", "mention_obligatoire"),
        *("ligne_de_credit", "linea_di_credito", "linea_de_credito", "kredietregel"),
    ),
    "source_url": (
        *("record_url", "record_link", "link_resource", "source_url_or_repo", "web_url"),
        *("object_url", "permalink", "weblink"),
    ),
    "image": (
        *("image_file", "file_name", "image_path", "picture", "datei", "dateiname"),
        *("bild", "bilddatei", "bildname", "abbildung", "fichier", "nom_de_fichier", "nom_fichier"),
        *("fichier_image", "immagine", "nome_file", "file_immagine", "afbeelding", "bestandsnaam"),
        *("imagen", "archivo", "nombre_de_archivo", "image_name", "image_filename"),
    ),
    "note": (
        *("notes", "description", "remark", "bemerkung", "beschreibung", "nota", "descrizione"),
        *("descripcion", "opmerking", "beschrijving", "remarque"),
    ),
}


def normalised(name: str) -> str:
    """Return a column's name without case, accents, spaces and punctuation."""
    folded = unicodedata.normalize("NFKD", name.casefold())
    return re.sub(r"[^a-z0-9]+", "", folded) or re.sub(r"[\W_]+", "", folded)
