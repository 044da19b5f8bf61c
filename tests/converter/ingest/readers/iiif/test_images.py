"""A picture is asked for at a size that is enough, and that its server has."""

from typing import Any

import pytest
from image_servers import ImageServersStandIn

from converter.ingest.readers.iiif.images import picture_of

BASE = "https://example.org/i"


def canvas(service: dict[str, Any], **body: Any) -> dict[str, Any]:
    """Return a canvas of version 3 with an image service."""
    painted = {"id": f"{BASE}/own.jpg", "type": "Image", "service": [service], **body}
    return {"items": [{"items": [{"motivation": "painting", "body": painted}]}]}


@pytest.mark.parametrize(
    ("service", "body", "expected"),
    [
        ({"type": "ImageService3", "profile": "level2"}, (3200, 1600), "1600,/0/default.jpg"),
        ({"type": "ImageService2", "profile": "level1"}, (1600, 3200), "800,/0/default.jpg"),
        (
            {"@context": "http://iiif.io/api/image/2/context.json", "profile": ["http://iiif.io/api/image/2/level2.json"], "width": 1000, "height": 500},
            (400, 200),
            "1000,/0/default.jpg",
        ),
        (
            {"profile": "http://library.stanford.edu/iiif/image-api/1.1/compliance.html#level1"},
            (3200, 3200),
            "1600,/0/native.jpg",
        ),
        ({"type": "ImageService3", "profile": "level2"}, (0, 0), "!1600,1600/0/default.jpg"),
        (
            {"type": "ImageService3", "profile": "level0", "sizes": [{"width": 500, "height": 400}, {"width": 1500, "height": 1200}, {"width": 3000, "height": 2400}]},
            (3000, 2400),
            "1500,1200/0/default.jpg",
        ),
    ],
)  # fmt: skip
def test_the_longer_side_is_bounded(
    service: dict[str, Any], body: tuple[int, int], expected: str
) -> None:
    one = canvas({"id": BASE, **service}, width=body[0], height=body[1])
    assert picture_of(one, ImageServersStandIn()) == f"{BASE}/full/{expected}"


def test_level_0_without_sizes_has_the_picture_that_is_named() -> None:
    one = canvas({"id": BASE, "type": "ImageService3", "profile": "level0"}, width=9000, height=1)
    assert picture_of(one, ImageServersStandIn()) == f"{BASE}/own.jpg"


def test_a_service_says_its_size_where_the_canvas_shows_a_smaller_copy() -> None:
    one = canvas({"id": BASE, "type": "ImageService2", "profile": "level2"}, width=200, height=100)
    servers = ImageServersStandIn({BASE: {"width": 4000, "height": 2000}})

    assert picture_of(one, servers) == f"{BASE}/full/1600,/0/default.jpg"
    assert servers.asked == [BASE]


@pytest.mark.parametrize("form", ["800,", "800,600"])
def test_level_0_of_version_2_has_its_files_in_one_of_two_forms(form: str) -> None:
    address = f"{BASE}/full/{form}/0/default.jpg"
    info = {
        "profile": ["http://iiif.io/api/image/2/level0.json"],
        "sizes": [{"width": 400, "height": 300}, {"width": 800, "height": 600}],
    }
    servers = ImageServersStandIn({BASE: info}, {address})
    one = canvas({"@id": BASE, "@context": "http://iiif.io/api/image/2/context.json"})

    assert picture_of(one, servers) == address
    assert servers.tried == ["w,", "w,h"]


def test_level_0_is_not_asked_where_its_documents_say_the_form() -> None:
    service = {
        "id": BASE,
        "type": "ImageService2",
        "profile": ["http://iiif.io/api/image/2/level0.json", {"supports": ["sizeByWhListed"]}],
        "sizes": [{"width": 800, "height": 600}],
        "width": 3200,
        "height": 2400,
    }
    both = f"{BASE}/full/800,600/0/default.jpg"
    servers = ImageServersStandIn()

    assert picture_of(canvas(service), servers) == both
    assert servers.tried == ["w,h", "w,"]
    servers.tried.clear()
    assert picture_of(canvas(service | {"profile": "level0"}, id=both), servers) == both
    assert servers.tried == []


def test_a_choice_is_its_first_and_a_film_is_no_picture() -> None:
    def painted(body: dict[str, Any]) -> dict[str, Any]:
        return {"items": [{"items": [{"motivation": "painting", "body": body}]}]}

    picture = {"id": "a.jpg", "type": "Image"}
    choice = {"type": "Choice", "items": [picture, {"id": "b.jpg", "type": "Image"}]}
    assert picture_of(painted(choice), ImageServersStandIn()) == "a.jpg"
    assert picture_of(painted({"id": "a.mp4", "type": "Video"}), ImageServersStandIn()) == ""
    assert picture_of({}, ImageServersStandIn()) == ""


def test_version_2_has_its_pictures_under_images() -> None:
    resource = {"@id": "a.jpg", "@type": "dctypes:Image"}
    assert picture_of({"images": [{"resource": resource}]}, ImageServersStandIn()) == "a.jpg"
