"""Everything that can go wrong on the kiosk, by name.

Every error we raise descends from `KioskError` and from the built-in it is. A message is one lower-case
line: the thing, what was expected, what was found, and what to do if it is the operator's to do.
"""


class KioskError(Exception):
    """The root: catch this to catch everything of ours."""


class ConfigError(KioskError, ValueError):
    """The configuration file can't be used as it stands."""


class BundleError(KioskError):
    """A bundle can't be used."""


class BundleMissingError(BundleError, FileNotFoundError):
    """There is no bundle where one was expected."""


class BundleDamagedError(BundleError, ValueError):
    """A bundle's bytes are not the ones its manifest names."""


class BundleFormatError(BundleError, ValueError):
    """A bundle was written in a format, or for a model, that this software doesn't read."""


class UnknownRecordError(KioskError, KeyError):
    """No record has this id in the bundle that is open."""

    def __str__(self) -> str:
        return str(self.args[0]) if self.args else ""  # KeyError would print the repr


class EvidenceError(KioskError, ValueError):
    """What is said to show where a print lies in a frame can't be true."""


class AnswerGoneError(KioskError, LookupError):
    """The answer that is asked about is no longer shown."""


class FilterError(KioskError, ValueError):
    """A search filter names an unknown field or holds a malformed value."""


class PictureError(KioskError, ValueError):
    """A picture can't be read: no image, cut short, too large, or of a kind we don't take."""


class ModelError(KioskError, RuntimeError):
    """The model can't be loaded or run, or fingerprints of two models were compared."""


class CameraError(KioskError, OSError):
    """A camera can't be used."""


class CameraMissingError(CameraError):
    """There is no such camera on this machine, or no driver for it."""


class CameraAbsentError(CameraMissingError):
    """There is no camera, or no software for it: trying again helps nothing until a person has done something."""


class CameraLostError(CameraError):
    """A camera that worked has stopped giving frames."""


class CameraStuckError(CameraMissingError):
    """A camera's process can't even be killed: its driver hangs in the kernel."""


class BusyError(KioskError, RuntimeError):
    """Too many are waiting for an answer already; try again in a moment."""


class EvaluationError(KioskError, ValueError):
    """An evaluation can't be run: its truths, pictures or folders are not what it needs."""


class BackupError(KioskError, ValueError):
    """A backup can't be taken or put back."""


class StoreError(BundleError, OSError):
    """The folder that holds the bundles can't be written: full, read-only, or worn."""


class StoreBusyError(StoreError):
    """Somebody else is changing the installed bundles just now."""


class SyncError(KioskError):
    """An update can't be fetched; the kiosk goes on with what it has.

    Attributes:
        number: What staff tell whoever helps them; docs/updates.md lists them.
    """

    number = 1

    def __str__(self) -> str:
        return f"E{self.number}: {super().__str__()}"


class SourceError(SyncError, OSError):
    """Where updates come from can't be reached, stopped in the middle, or holds something else."""

    number = 2


class UntrustedError(SyncError, ValueError):
    """What was found there is not signed by this museum, or has been altered."""

    number = 3


class StaleError(SyncError, ValueError):
    """What was found there is older than what this kiosk has, or has expired."""

    number = 4


class RefusedError(SyncError, ValueError):
    """An update was fetched whole and is no good on this kiosk."""

    number = 5


class NoRoomError(SyncError, OSError):
    """There is not enough room for an update."""

    number = 6


class NotSetUpError(SyncError, ValueError):
    """This kiosk was not told where updates come from, or whom to trust."""

    number = 7


class DiskError(SyncError, OSError):
    """This kiosk's own disk can't be written or read."""

    number = 8


class SyncBusyError(SyncError, RuntimeError):
    """Another update is being fetched already."""

    number = 9


class StaffError(KioskError):
    """Something on the staff's page can't be done."""


class PinError(StaffError, ValueError):
    """A PIN is no good."""


class PinMissingError(PinError):
    """No PIN is set: nobody gets in until one is, at the machine."""


class PinWrongError(PinError):
    """This is not the PIN."""


class PinLockedError(PinError):
    """Too many wrong PINs were tried.

    Attributes:
        wait_s: How long none is looked at, in seconds.
    """

    def __init__(self, wait_s: float) -> None:
        super().__init__(f"too many wrong PINs; none is looked at for {wait_s:.0f} seconds")
        self.wait_s = wait_s


class PreferenceError(StaffError, ValueError):
    """What staff chose is not to be had."""
