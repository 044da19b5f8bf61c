"""A LIDO record's fields are those that a label shows, whatever else the record says."""

from lxml import etree

from converter.ingest.readers.lido.elements import LidoElement, from_xml
from converter.ingest.readers.lido.record import read_record
from converter.ingest.table import LIST_SEPARATOR

SPACES = (
    'xmlns="http://www.lido-schema.org" xmlns:skos="http://www.w3.org/2004/02/skos/core#" '
    'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xml:lang="en"'
)


def record(described: str = "", administered: str = "") -> LidoElement:
    """Return a record of these parts."""
    text = (
        f"<lido {SPACES}><lidoRecID>portal/1</lidoRecID><descriptiveMetadata>{described}</descriptiveMetadata>"
        f"<administrativeMetadata>{administered}</administrativeMetadata></lido>"
    )
    return from_xml(etree.fromstring(text))


def cells(described: str = "", administered: str = "") -> dict[str, str]:
    """Return the cells of a record of these parts."""
    return dict(read_record(record(described, administered), "en").cells)


def resource(link: str, kind: str = "", form: str = "image/jpeg", rights: str = "") -> str:
    """Return a resource with one representation."""
    return (
        f'<resourceSet><resourceRepresentation type="{kind}"><linkResource formatResource="{form}">{link}</linkResource>'
        f"</resourceRepresentation>{rights}</resourceSet>"
    )


def test_the_museums_own_id_wins_over_the_portals() -> None:
    assert cells()["record_id"] == "portal/1"
    own = "<recordWrap><recordID>17</recordID></recordWrap>"
    assert cells("", own)["record_id"] == "17"


def test_a_preferred_title_wins_in_either_version() -> None:
    for preferred in ("preferred", "http://terminology.lido-schema.org/lido00169"):
        titles = (
            "<titleSet><appellationValue pref='alternate'>Old</appellationValue></titleSet>"
            f"<titleSet><appellationValue pref='{preferred}'>Good</appellationValue></titleSet>"
        )
        wrap = (
            f"<objectIdentificationWrap><titleWrap>{titles}</titleWrap></objectIdentificationWrap>"
        )
        assert cells(wrap)["title"] == "Good"


def test_pictures_are_one_a_resource_in_the_museums_order() -> None:
    wrap = (
        "<resourceWrap><resourceSet sortorder='2'><resourceRepresentation type='image_thumb'><linkResource>b_small.jpg"
        "</linkResource></resourceRepresentation><resourceRepresentation type='image_master'><linkResource>b.jpg"
        "</linkResource></resourceRepresentation></resourceSet>"
        + resource("film.mp4", form="video/mp4")
        + resource("text.pdf", form="")
        + resource("a.jpg").replace("<resourceSet>", "<resourceSet sortorder='1'>")
        + "</resourceWrap>"
    )
    assert cells("", wrap)["image"] == LIST_SEPARATOR.join(("a.jpg", "b.jpg"))


def test_rights_are_those_of_pictures_and_work_but_not_of_the_record() -> None:
    picture = (
        "<rightsResource><rightsType><skos:Concept rdf:about='http://rightsstatements.org/vocab/InC/1.0/'/></rightsType>"
        "<creditLine>Photo: A. Example</creditLine></rightsResource>"
    )
    administered = (
        "<rightsWorkWrap><rightsWorkSet><rightsType><term>© the heirs</term></rightsType></rightsWorkSet></rightsWorkWrap>"
        "<recordWrap><recordRights><rightsType><term>CC0</term></rightsType></recordRights></recordWrap>"
        f"<resourceWrap>{resource('a.jpg', rights=picture)}</resourceWrap>"
    )
    found = cells("", administered)
    assert found["rights"].split(LIST_SEPARATOR) == [
        "http://rightsstatements.org/vocab/InC/1.0/",
        "© the heirs",
    ]
    assert found["credit"] == "Photo: A. Example"


def test_the_holder_is_the_current_one_and_its_number_that_of_the_inventory() -> None:
    def holder(kind: str, name: str, numbers: str) -> str:
        return (
            f"<repositorySet type='{kind}'><repositoryName><legalBodyName><appellationValue>{name}</appellationValue>"
            f"</legalBodyName></repositoryName>{numbers}</repositorySet>"
        )

    wrap = (
        "<objectIdentificationWrap><repositoryWrap>"
        + holder("former", "Sold it", "<workID>9</workID>")
        + holder(
            "current",
            "Print Room",
            "<workID type='barcode'>7</workID><workID type='inventory number'>K 1</workID>",
        )
        + "</repositoryWrap></objectIdentificationWrap>"
    )
    found = cells(wrap)
    assert (found["institution"], found["inventory_number"]) == ("Print Room", "K 1")


def test_notes_relations_and_link_are_read_and_measurements_are_not() -> None:
    described = (
        "<objectIdentificationWrap><objectDescriptionWrap><objectDescriptionSet><descriptiveNoteValue>A mill."
        "</descriptiveNoteValue></objectDescriptionSet></objectDescriptionWrap><objectMeasurementsWrap>"
        "<objectMeasurementsSet><displayObjectMeasurements>20 cm</displayObjectMeasurements></objectMeasurementsSet>"
        "</objectMeasurementsWrap></objectIdentificationWrap><objectRelationWrap><relatedWorksWrap><relatedWorkSet>"
        "<relatedWork><object><objectID>K 2</objectID></object></relatedWork><relatedWorkRelType><term>State of</term>"
        "</relatedWorkRelType></relatedWorkSet></relatedWorksWrap></objectRelationWrap>"
    )
    link = "<recordWrap><recordInfoSet><recordInfoLink>https://example.org/1</recordInfoLink></recordInfoSet></recordWrap>"
    assert cells(described, link) == {
        "record_id": "portal/1",
        "note": "A mill.",
        "relations": "State of: K 2",
        "source_url": "https://example.org/1",
    }
