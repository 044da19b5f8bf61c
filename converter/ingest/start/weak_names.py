"""Names of columns that mean a field only where no better one is found. Plain data."""

from collections.abc import Mapping

# Names that mean a field only where no better one is found, with the best first. `start` proposes them with a doubt.
WEAK_NAMES: Mapping[str, tuple[str, ...]] = {
    "title": ("name", "bezeichnung", "benennung", "designation", "caption"),
    "makers": (
        *("full_name", "cited_name", "attribution_inverted", "artist_display", "artist_title"),
        *("artist_alpha_sort", "people", "author", "designer", "engraver", "hersteller", "stecher"),
        *("graveur", "incisore", "grabador", "beteiligte", "personen", "constituents"),
    ),
    "date": ("period", "zeit", "epoque", "epoca", "periode", "date_created", "created"),
    "year_from": ("von", "du", "da", "van", "desde", "de", "from", "earliest"),
    "year_to": ("bis", "au", "a", "tot", "hasta", "to", "latest"),
    "classification": ("type", "object_name", "category", "gattung", "kategorie", "genre", "tipo"),
    "technique": (
        "technique_text",
        "material",
        "materials",
        "medium_text",
        "materiali",
        "materiaal",
    ),
    "institution": ("owner", "eigentumer", "standort", "collection", "sammlung", "instelling"),
    "inventory_number": (
        *("number", "nummer", "numero", "nr", "inv", "inventory", "inventar", "call_number"),
        *("shelfmark", "reference", "reference_number"),
    ),
    "rights": (
        *("rights_statement", "copyright", "usage_rights", "rights_uri", "license_uri", "rechte"),
        *("urheberrecht", "droits", "diritti", "derechos", "rechten", "rights_type"),
    ),
    "credit": ("acquisition", "erwerbung", "source"),
    "source_url": ("url", "link", "website", "uri", "webseite"),
    "image": (
        *("file", "photo", "foto", "scan", "media", "images", "bilder", "bestand", "pictures"),
        *("image_url", "image_link", "primary_image", "thumbnail_url", "iiif_url"),
    ),
    "note": ("comment", "comments", "kommentar", "text", "anmerkung", "commentaire"),
}
