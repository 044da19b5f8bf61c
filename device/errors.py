"""The errors that the kiosk raises.

Every error descends from `KioskError` and from the matching built-in error. A message is one lower-case line: the thing,
what was expected, what was found, and what the operator can do.
"""


class KioskError(Exception):
    """The base class of all errors of this package."""


class ConfigError(KioskError, ValueError):
    """The configuration is invalid or can't be read."""


class BundleError(KioskError):
    """A bundle can't be used."""


class BundleMissingError(BundleError, FileNotFoundError):
    """No bundle exists at the given path."""


class BundleDamagedError(BundleError, ValueError):
    """A bundle's files differ from its manifest."""


class BundleFormatError(BundleError, ValueError):
    """A bundle has a format or a model that this software doesn't support."""


class UnknownRecordError(KioskError, KeyError):
    """The open bundle has no record with this id."""

    def __str__(self) -> str:
        return str(self.args[0]) if self.args else ""  # KeyError would print the repr


class EvidenceError(KioskError, ValueError):
    """The evidence's transform can't be inverted, so no print can be cut out of the frame."""


class AnswerGoneError(KioskError, LookupError):
    """The requested answer is no longer shown."""


class FilterError(KioskError, ValueError):
    """A search filter names an unknown field or holds a malformed value."""


class PictureError(KioskError, ValueError):
    """A picture can't be read: no image, truncated, too large, or of an unsupported format."""


class ModelError(KioskError, RuntimeError):
    """The model can't be loaded or run, or fingerprints of two models are mixed."""


class CameraError(KioskError, OSError):
    """A camera can't be used."""


class CameraMissingError(CameraError):
    """The camera can't be opened: it or its driver is missing, or another program uses it."""


class CameraAbsentError(CameraMissingError):
    """The camera or its software is missing, which only a person can fix; retrying is useless."""


class CameraBusyError(CameraMissingError):
    """Another program uses the camera; it can be opened once that program has ended."""


class CameraLostError(CameraError):
    """A working camera has stopped delivering frames."""


class CameraStuckError(CameraMissingError):
    """A camera process can't be killed, because its driver hangs in the kernel."""


class BusyError(KioskError, RuntimeError):
    """Too many requests are waiting; try again in a moment."""


class EvaluationError(KioskError, ValueError):
    """An evaluation can't run: its ground truth, pictures or folders are unsuitable."""


class BackupError(KioskError, ValueError):
    """A backup can't be written or restored."""


class StoreError(BundleError, OSError):
    """The store or the staff folder can't be written: full, read-only, or on a failing disk."""


class StoreBusyError(StoreError):
    """Another process is changing the installed bundles."""


class SyncError(KioskError):
    """An update can't be fetched or installed; the kiosk keeps its bundle.

    Attributes:
        number: Error number that staff can report, such as 2 for "E2"; listed in docs/updates.md.
    """

    number = 1

    def __str__(self) -> str:
        return f"E{self.number}: {super().__str__()}"


class SourceError(SyncError, OSError):
    """The source of updates can't be read, stopped during the transfer, or is no repository."""

    number = 2


class UntrustedError(SyncError, ValueError):
    """The update is not signed by this museum, or was altered."""

    number = 3


class StaleError(SyncError, ValueError):
    """The update is older than the newest one seen by this kiosk, or has expired."""

    number = 4


class RefusedError(SyncError, ValueError):
    """A complete update doesn't work on this kiosk."""

    number = 5


class NoRoomError(SyncError, OSError):
    """The disk has too little free space for an update."""

    number = 6


class NotSetUpError(SyncError, ValueError):
    """No source of updates or no root of trust is configured."""

    number = 7


class DiskError(SyncError, OSError):
    """The kiosk's own disk can't be written or read."""

    number = 8


class SyncBusyError(SyncError, RuntimeError):
    """Another sync is running."""

    number = 9


class StaffError(KioskError):
    """An action on the staff page failed."""


class PinError(StaffError, ValueError):
    """A PIN is invalid, wrong or not set, or entry is locked after too many wrong PINs."""


class PinMissingError(PinError):
    """No PIN is set; the staff page stays closed until one is set at the machine."""


class PinWrongError(PinError):
    """The PIN is wrong."""


class PinLockedError(PinError):
    """There were too many wrong PINs.

    Attributes:
        wait_s: Seconds until the next PIN is checked.
    """

    def __init__(self, wait_s: float) -> None:
        super().__init__(f"too many wrong PINs; try again in {wait_s:.0f} seconds")
        self.wait_s = wait_s


class PreferenceError(StaffError, ValueError):
    """A preference of the staff page is invalid or can't be read."""
