"""The kiosk as one object: what the page is given, and all it may know of the device."""

from device.bundle.filters import FACETS, Filters
from device.bundle.metadata_fields import FACTS
from device.bundle.pictures import MEDIA_TYPE, Size
from device.bundle.records import FilterOptions, Option, Record, Relation
from device.recognition.answer_json import answer_to_json
from device.recognition.recogniser import Answer, Match
from device.recognition.sheet.detect import Corner, Hint
from device.recognition.verdict import ACCEPTED, Verdict
from device.service.assembly import open_camera_for, open_kiosk
from device.service.capture.autocapture import Attention
from device.service.capture.camera_health import CameraHealth
from device.service.capture.camera_loop import Preview
from device.service.capture.camera_setup import CameraSetup
from device.service.collection.record_lists import Order, Page, alphabetical
from device.service.collection.related_works import RelatedWorks
from device.service.collection.update_status import UpdateReport, UpdateStatus
from device.service.health.liveness import PAGE, PAGE_S, Liveness
from device.service.health.report import Health
from device.service.kiosk import KioskService
from device.service.query.overlay_cache import Overlay
from device.service.query.staff_capture import StaffCapture
from device.service.staff_service import StaffFolders, StaffReport, StaffService, Storage
from device.service.state_store import Snapshot
from device.staff import hours, statistics, unmatched_log
from device.staff.hardware_health import HardwareHealth
from device.staff.hours import DAYS, OpeningHours
from device.staff.preferences import Attract, StaffPreferences
from device.staff.recent_log import RecentLog
from device.store.sync_progress import SyncProgress, SyncStep

__all__ = [
    "ACCEPTED",
    "DAYS",
    "FACETS",
    "FACTS",
    "MEDIA_TYPE",
    "PAGE",
    "PAGE_S",
    "Answer",
    "Attention",
    "Attract",
    "CameraHealth",
    "CameraSetup",
    "Corner",
    "FilterOptions",
    "Filters",
    "HardwareHealth",
    "Health",
    "Hint",
    "KioskService",
    "Liveness",
    "Match",
    "OpeningHours",
    "Option",
    "Order",
    "Overlay",
    "Page",
    "Preview",
    "RecentLog",
    "Record",
    "RelatedWorks",
    "Relation",
    "Size",
    "Snapshot",
    "StaffCapture",
    "StaffFolders",
    "StaffPreferences",
    "StaffReport",
    "StaffService",
    "Storage",
    "SyncProgress",
    "SyncStep",
    "UpdateReport",
    "UpdateStatus",
    "Verdict",
    "alphabetical",
    "answer_to_json",
    "hours",
    "open_camera_for",
    "open_kiosk",
    "statistics",
    "unmatched_log",
]
