"""Puts a kiosk together from its configuration: bundle, camera, staff and notifier."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from device.bundle.reader import OpenedBundle
from device.cameras import CameraSource, ReplayPicture, open_camera
from device.cameras.table.strangers import stranger_files
from device.cameras.v4l2 import VideoDevices
from device.config import Config
from device.imaging import decoding, frames
from device.imaging.isolation import open_decoder
from device.imaging.picture_decoder import PictureDecoder
from device.sd_notify import Notifier
from device.service.capture.camera_recovery import CameraRecovery, RecoveryStep
from device.service.capture.camera_setup import CameraOpener, CameraSetup
from device.service.capture.photographs import is_photograph
from device.service.collection.bundle_switch import WatchedStore
from device.service.kiosk import KioskService
from device.service.staff_service import StaffFolders, StaffService
from device.staff.recent_log import RecentLog

# Number of the bundle's own prints that a replay without files shows.
_REPLAYED_PRINTS = 24
# Steps of this share of them follow each other, so that no two neighbours of the collection do: the golden ratio.
_STEP = 0.618034


def open_kiosk(
    config: Config,
    environ: Mapping[str, str],
    log: RecentLog | None = None,
    end_service: Callable[[RecoveryStep], None] | None = None,
) -> KioskService:
    """Return the running kiosk that a configuration describes.

    Args:
        config: The configuration, as read by `device.config.load`.
        environ: The environment, with systemd's variables.
        log: Keeps the log's last lines for staff.
        end_service: Ends the service with an exit status, for a camera that keeps failing; called in another
            thread.
    """
    store = None if config.bundle else config.store
    screen = config.screen
    decoder = open_decoder()
    run = environ.get("RUNTIME_DIRECTORY", "")
    return KioskService(
        config.bundle or WatchedStore(config.store),
        CameraSetup(
            opener=open_camera_for(config, decoder),
            watch=config.watch,
            recovery=_camera_recovery(config, environ, end_service),
            snapshot=VideoDevices().snapshot,
        ),
        config.recognition,
        notifier=Notifier.from_environ(environ),
        staff=StaffService(
            StaffFolders(staff=config.staff.folder, store=store, run=Path(run) if run else None),
            pause_s=screen.idle_s + screen.grace_s,
            log=log,
        ),
        decoder=decoder,
    )


def _camera_recovery(
    config: Config, environ: Mapping[str, str], end_service: Callable[[RecoveryStep], None] | None
) -> CameraRecovery | None:
    """Return the camera-recovery policy if a supervisor restarts this service, else `None`.

    A supervisor is there when the unit has given the service a folder in memory.
    """
    run = environ.get("RUNTIME_DIRECTORY", "")
    if not run or end_service is None:
        return None
    return CameraRecovery(Path(run), config.staff.folder, end_service)


def open_camera_for(config: Config, decoder: PictureDecoder) -> CameraOpener:
    """Return an opener of the configured camera.

    A replay without files shows the bundle's own prints, and now and then one that is in no collection. `decoder` decodes what a
    replay shows, and must stay open.
    """

    def opener(bundle: OpenedBundle | None) -> CameraSource:
        shown = replayed_pictures(bundle, decoder) if bundle is not None else ()
        return open_camera(
            config.camera, load=decoder.load, replay=shown, is_photograph=is_photograph
        )

    return opener


def replayed_pictures(bundle: OpenedBundle, decoder: PictureDecoder) -> tuple[ReplayPicture, ...]:
    """Return what a replay without files shows: the bundle's prints, and strange ones."""
    return (*_own_prints(bundle, decoder), *_strangers())


def _own_prints(bundle: OpenedBundle, decoder: PictureDecoder) -> tuple[ReplayPicture, ...]:
    """Return prints spread over the whole collection, those whose picture may be shown."""
    items = bundle.manifest.items
    rows = range(0, items, max(items // _REPLAYED_PRINTS, 1))
    mixed = sorted(range(len(rows)), key=lambda place: place * _STEP % 1)
    kept = [rows[place] for place in mixed if rows[place] not in bundle.withdrawn]
    records = [record for record in map(bundle.records.at, kept) if record.show_picture]
    return tuple(
        ReplayPicture(
            name=r.record_id, load=partial(_picture, bundle, decoder, r.record_id), is_scan=True
        )
        for r in records
    )


def _picture(bundle: OpenedBundle, decoder: PictureDecoder, record_id: str) -> frames.Pixels:
    return decoder.decode(bundle.pictures.get(record_id, "screen"), name=record_id)


def _strangers() -> tuple[ReplayPicture, ...]:
    """Return the shipped prints that are in no collection."""
    return tuple(
        ReplayPicture(name=path.name, load=partial(decoding.load, path), is_stranger=True)
        for path in stranger_files()
    )
