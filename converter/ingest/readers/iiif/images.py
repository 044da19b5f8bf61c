"""Find a canvas's picture, and its address at a bounded size.

An image service (IIIF Image API 1 to 3) is asked for at most 1,600 pixels on the longer side. One of level 0 has only the
sizes that it lists, as files with fixed names. Version 2 names such a file by its width ("800,") or by both sides ("800,600").
Its documents don't say which, so the server is asked.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

LONGER_SIDE = 1600


class ImageServers(Protocol):
    """What servers of images say about themselves."""

    def describe(self, service: str) -> Mapping[str, Any] | None:
        """Return the description (`info.json`) of a service by its address; `None` for none."""
        ...

    def first_served(self, addresses: Mapping[str, str]) -> str:
        """Return the first of several addresses that has a picture; without any, the first.

        Args:
            addresses: Form of the name to address.
        """
        ...


def picture_of(canvas: Mapping[str, Any], servers: ImageServers) -> str:
    """Return the address or file name of the picture painted on a canvas; empty without one."""
    for body in _bodies(canvas):
        kind = str(body.get("type") or body.get("@type") or "")
        if kind.endswith("Image") or not kind or _service(body):
            service = _service(body)
            own = _address_of(body)
            return _from_service(service, body, servers) if service else own
    return ""


def _bodies(canvas: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for page in _mappings(canvas.get("items")):
        for annotation in _mappings(page.get("items")):
            if str(annotation.get("motivation", "painting")).endswith("painting"):
                yield from _choices(annotation.get("body"))
    for image in _mappings(canvas.get("images")):
        yield from _choices(image.get("resource"))


def _choices(body: Any) -> Iterator[Mapping[str, Any]]:
    """Yield a body, or the first of those to choose from."""
    for one in _mappings(body):
        kind = str(one.get("type") or one.get("@type") or "")
        if kind.endswith("Choice"):
            yield from _choices(one.get("default") or one.get("items"))
        elif kind.endswith("SpecificResource"):
            yield from _choices(one.get("source") or one.get("full"))
        else:
            yield one


def _service(body: Mapping[str, Any]) -> Mapping[str, Any] | None:
    for one in _mappings(body.get("service")):
        marks = f"{one.get('type') or one.get('@type')} {one.get('@context')} {one.get('profile')}"
        if _address_of(one) and ("ImageService" in marks or "image" in marks.lower()):
            return one
    return None


def _from_service(
    service: Mapping[str, Any], body: Mapping[str, Any], servers: ImageServers
) -> str:
    base = _address_of(service).removesuffix("/info.json").rstrip("/")
    width, height = _size(service)
    known = dict(service)
    is_small = max(_size(body)) < LONGER_SIDE
    if not width and (is_small or _level(service) in (None, 0)):
        # The body's own size may be that of a smaller copy, and level 0 lists its sizes there.
        known |= servers.describe(base) or {}
        width, height = _size(known)
    if not width:
        width, height = _size(body)
    quality = "native" if _version(known) == 1 else "default"
    if _level(known) == 0:
        addresses = _listed_size(base, known, quality)
        own = _address_of(body)
        if not addresses or own in addresses.values():
            return own
        return servers.first_served(addresses)
    if not width:
        return f"{base}/full/!{LONGER_SIDE},{LONGER_SIDE}/0/{quality}.jpg"
    wanted = min(width, max(1, round(width * min(1.0, LONGER_SIDE / max(width, height)))))
    most = known.get("maxWidth")
    wanted = min(wanted, most) if isinstance(most, int) and most > 0 else wanted
    return f"{base}/full/{wanted},/0/{quality}.jpg"


def _listed_size(base: str, service: Mapping[str, Any], quality: str) -> Mapping[str, str]:
    """Return the address of the largest fitting size that is listed, in each form."""
    sizes = sorted(filter(all, map(_size, _mappings(service.get("sizes")))))
    fitting = [size for size in sizes if max(size) <= LONGER_SIDE]
    if not fitting:
        return {}
    width, height = fitting[-1]
    by_width, by_both = f"{width},", f"{width},{height}"
    version = _version(service)
    forms = {"w,": by_width, "w,h": by_both}
    if version == 3:
        forms = {"w,h": by_both}
    elif version == 2 and _names_both_sides(service):
        forms = {"w,h": by_both, "w,": by_width}
    return {form: f"{base}/full/{size}/0/{quality}.jpg" for form, size in forms.items()}


def _names_both_sides(service: Mapping[str, Any]) -> bool:
    """Return whether a service of version 2.0 says that it has its listed sizes as "w,h"."""
    profile = service.get("profile")
    supported = [
        one.get("supports")
        for one in (profile if isinstance(profile, list) else [])
        if isinstance(one, dict)
    ]
    return "sizeByWhListed" in str(supported)


def _level(service: Mapping[str, Any]) -> int | None:
    profile = service.get("profile")
    first = profile[0] if isinstance(profile, list) and profile else profile
    for level in (0, 1, 2):
        if isinstance(first, str) and f"level{level}" in first:
            return level
    return None


def _version(service: Mapping[str, Any]) -> int:
    marks = f"{service.get('type') or service.get('@type')} {service.get('@context')} {service.get('profile')}"
    if "ImageService3" in marks or "image/3" in marks:
        return 3
    return 1 if "ImageService1" in marks or "image/1" in marks or "image-api/1" in marks else 2


def _size(one: Mapping[str, Any]) -> tuple[int, int]:
    width, height = one.get("width"), one.get("height")
    if isinstance(width, int) and isinstance(height, int) and width > 0 and height > 0:
        return width, height
    return 0, 0


def _address_of(one: Mapping[str, Any]) -> str:
    found = one.get("id") or one.get("@id")
    return found.strip() if isinstance(found, str) else ""


def _mappings(value: Any) -> Iterator[Mapping[str, Any]]:
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, dict):
            yield one
