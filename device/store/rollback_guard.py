"""The rollback guard: refuse an update that is older than what this kiosk has had.

python-tuf checks this too, but its records may be lost with its folder. This module does no I/O.
"""

from dataclasses import dataclass, replace

from device.bundle.manifest import Manifest
from device.errors import StaleError, UntrustedError
from device.store.store_state import RollbackGuard
from device.store.tuf_client import Offer

# People read a manifest's version aloud; a signed version above this is a mistake or an attack.
MAX_VERSION = 10_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class InstalledVersions:
    """The versions of the installed bundle and notices, whatever the store's state says.

    Attributes:
        manifest: The current bundle's manifest; `None` without a bundle.
        notices: Serial of the installed notices.
    """

    manifest: Manifest | None
    notices: int


def check_rollback(
    offer: Offer, guard: RollbackGuard, installed: InstalledVersions, source: str
) -> RollbackGuard:
    """Check an offer against the rollback guard; return the guard for the rest of the sync.

    Args:
        offer: The source's offer.
        guard: The stored rollback guard.
        installed: The installed versions; after a power cut they may be newer than the stored guard.
        source: The source's name for staff.

    Raises:
        StaleError: When the offer is older than what this kiosk has had.
        UntrustedError: When its version is out of range.
    """
    if offer.root < guard.root:
        raise StaleError(
            f"{source}: its keys were replaced since (root {offer.root}, this kiosk knows {guard.root}); "
            "copy the newest repository onto the stick"
        )
    # Versions start again under a new key.
    guard = _at_least_installed(guard, installed) if offer.keys == guard.keys else RollbackGuard()
    version = offer.manifest.version if offer.manifest else guard.version
    serial = offer.notices.serial if offer.notices else guard.notices
    if version < guard.version or serial < guard.notices:
        raise StaleError(
            f"{source}: has version {version} and notices {serial}, this kiosk has had {guard.version} and "
            f"{guard.notices}; copy the newest repository onto the stick"
        )
    if offer.manifest and not 0 < version <= MAX_VERSION:
        raise UntrustedError(
            f"{source}: expected a version of 1 to {MAX_VERSION}, found {version}; publish it with the desk's software"
        )
    return replace(guard, root=offer.root, keys=offer.keys)


def _at_least_installed(guard: RollbackGuard, installed: InstalledVersions) -> RollbackGuard:
    """Return the guard, raised to the installed versions if they are newer."""
    version = installed.manifest.version if installed.manifest else 0
    return replace(
        guard, version=max(guard.version, version), notices=max(guard.notices, installed.notices)
    )
