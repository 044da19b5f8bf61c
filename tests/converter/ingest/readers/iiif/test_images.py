"""A picture is asked for at a size that is enough, and that its server has."""

from typing import Any

import pytest

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
    assert picture_of(one, lambda address: None) == f"{BASE}/full/{expected}"


def test_level_0_without_sizes_has_the_picture_that_is_named() -> None:
    one = canvas({"id": BASE, "type": "ImageService3", "profile": "level0"}, width=9000, height=1)
    assert picture_of(one, lambda address: None) == f"{BASE}/own.jpg"


def test_a_service_says_its_size_where_the_canvas_shows_a_smaller_copy() -> None:
    one = canvas({"id": BASE, "type": "ImageService2", "profile": "level2"}, width=200, height=100)
    asked: list[str] = []

    def describe(address: str) -> dict[str, Any]:
        asked.append(address)
        return {"width": 4000, "height": 2000}

    assert picture_of(one, describe) == f"{BASE}/full/1600,/0/default.jpg"
    assert asked == [BASE]


def test_a_choice_is_its_first_and_a_film_is_no_picture() -> None:
    def painted(body: dict[str, Any]) -> dict[str, Any]:
        return {"items": [{"items": [{"motivation": "painting", "body": body}]}]}

    picture = {"id": "a.jpg", "type": "Image"}
    choice = {"type": "Choice", "items": [picture, {"id": "b.jpg", "type": "Image"}]}
    assert picture_of(painted(choice), lambda address: None) == "a.jpg"
    assert picture_of(painted({"id": "a.mp4", "type": "Video"}), lambda address: None) == ""
    assert picture_of({}, lambda address: None) == ""


def test_version_2_has_its_pictures_under_images() -> None:
    resource = {"@id": "a.jpg", "@type": "dctypes:Image"}
    assert picture_of({"images": [{"resource": resource}]}, lambda address: None) == "a.jpg"
