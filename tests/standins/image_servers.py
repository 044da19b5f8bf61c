"""Servers of images that a IIIF manifest names, without a network."""

from collections.abc import Mapping, Set
from typing import Any


class ImageServersStandIn:
    """Knows the descriptions of services, and which pictures are there.

    Attributes:
        asked: The services that were asked for their description.
        tried: The forms that were tried, in order.
    """

    def __init__(
        self,
        descriptions: Mapping[str, Mapping[str, Any]] | None = None,
        pictures: Set[str] = frozenset(),
    ) -> None:
        """Start with descriptions by service, and the addresses of pictures."""
        self._descriptions = descriptions or {}
        self._pictures = pictures
        self.asked: list[str] = []
        self.tried: list[str] = []

    def describe(self, service: str) -> Mapping[str, Any] | None:
        """Return the description of a service."""
        self.asked.append(service)
        return self._descriptions.get(service)

    def first_served(self, addresses: Mapping[str, str]) -> str:
        """Return the first address with a picture."""
        self.tried += addresses
        there = [address for address in addresses.values() if address in self._pictures]
        return there[0] if there else next(iter(addresses.values()))
