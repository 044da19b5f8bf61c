"""The kiosk as one object: what the page is given, and all it may know of the device."""

from device.bundle.filters import FACETS, Filters
from device.bundle.pictures import MEDIA_TYPE, Size
from device.bundle.records import FilterOptions, Option, Record, Relation
from device.recognition.recogniser import Answer, Match
from device.recognition.sheet import Corner, Hint
from device.recognition.verdict import ACCEPTED, Verdict
from device.recognition.wire import answer_to_json
from device.service.assembly import open_camera_for, open_kiosk
from device.service.attendant import Attention
from device.service.browsing import Family, Order, Page, in_order
from device.service.comparisons import Comparison
from device.service.health import CameraHealth, Health, Snapshot
from device.service.kiosk import KioskService
from device.service.office import Office, Report, Storage
from device.service.progress import PAGE, PAGE_S, Progress
from device.service.proof import Proof
from device.service.stand import Preview
from device.service.updates import Updates, UpdateStanding
from device.staff import hours, misses, statistics
from device.staff.choices import Attract, Choices
from device.staff.hours import DAYS, OpeningHours
from device.staff.machine import MachineHealth
from device.staff.recent_log import RecentLog
from device.store.bulletin import Bulletin, Step

__all__ = [
    "ACCEPTED",
    "DAYS",
    "FACETS",
    "MEDIA_TYPE",
    "PAGE",
    "PAGE_S",
    "Answer",
    "Attention",
    "Attract",
    "Bulletin",
    "CameraHealth",
    "Choices",
    "Comparison",
    "Corner",
    "Family",
    "FilterOptions",
    "Filters",
    "Health",
    "Hint",
    "KioskService",
    "MachineHealth",
    "Match",
    "Office",
    "OpeningHours",
    "Option",
    "Order",
    "Page",
    "Preview",
    "Progress",
    "Proof",
    "RecentLog",
    "Record",
    "Relation",
    "Report",
    "Size",
    "Snapshot",
    "Step",
    "Storage",
    "UpdateStanding",
    "Updates",
    "Verdict",
    "answer_to_json",
    "hours",
    "in_order",
    "misses",
    "open_camera_for",
    "open_kiosk",
    "statistics",
]
