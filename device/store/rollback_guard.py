"""What an update must not be older than, by our own memory: python-tuf's may be lost with its folder.

Pure: no I/O.
"""

from dataclasses import dataclass, replace

from device.bundle.manifest import Manifest
from device.errors import StaleError, UntrustedError
from device.store.store_state import RollbackFloor
from device.store.trust import Offer

# A manifest's version is a number that people read out; a signed one beyond this is a slip or an attack.
MOST_VERSIONS = 10_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class InstalledVersions:
    """What a kiosk has, whatever it remembers.

    Attributes:
        manifest: Of the bundle that answers; `None` for none.
        notices: Serial of the notices that hold.
    """

    manifest: Manifest | None
    notices: int


def checked(
    offer: Offer, known: RollbackFloor, here: InstalledVersions, source: str
) -> RollbackFloor:
    """Give the floor to go on from.

    Args:
        offer: What a source has.
        known: The floor that is remembered.
        here: What the kiosk has: the power may have gone between taking a thing and remembering it.
        source: What staff know the source by.

    Raises:
        StaleError: When what is offered is older than what this kiosk has had.
        UntrustedError: When its number is absurd.
    """
    if offer.root < known.root:
        raise StaleError(
            f"{source}: its keys were replaced since (root {offer.root}, this kiosk knows {known.root}); "
            "fetch the newest onto the stick"
        )
    # Another key's numbers are counted anew.
    known = _raised(known, here) if offer.keys == known.keys else RollbackFloor()
    version = offer.manifest.version if offer.manifest else known.version
    serial = offer.notices.serial if offer.notices else known.notices
    if version < known.version or serial < known.notices:
        raise StaleError(
            f"{source}: holds version {version} and notice {serial}, this kiosk has had {known.version} and "
            f"{known.notices}; fetch the newest onto the stick"
        )
    if offer.manifest and not 0 < version <= MOST_VERSIONS:
        raise UntrustedError(
            f"{source}: expected a version of 1 to {MOST_VERSIONS}, found {version}; publish it by the desk's software"
        )
    return replace(known, root=offer.root, keys=offer.keys)


def _raised(known: RollbackFloor, here: InstalledVersions) -> RollbackFloor:
    """Give a floor that is no lower than what the kiosk has."""
    version = here.manifest.version if here.manifest else 0
    return replace(
        known, version=max(known.version, version), notices=max(known.notices, here.notices)
    )
