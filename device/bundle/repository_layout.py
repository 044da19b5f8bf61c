"""Names in a repository of published bundles, which the desk writes and the kiosk reads."""

METADATA = "metadata"
TARGETS = "targets"
OBJECTS = "objects"
# Signed for by name; what a bundle is made of is named by sha256 in its manifest, and so signed for as well.
BUNDLE_TARGET = "bundle/manifest.json"
NOTICES_TARGET = "notices.json"
# On the day it was published, as YYYY-MM-DD, among a target's own words.
PUBLISHED = "published"
ROOT_FILE = "root.json"


def object_path(sha256: str) -> str:
    """Give where a file of this sha256 (hex) lies in a repository."""
    return f"{OBJECTS}/{sha256}"


def recipe_path(sha256: str) -> str:
    """Give where the recipe of a large file of this sha256 (hex) lies in a repository."""
    return f"{OBJECTS}/{sha256}.pieces"


def target_path(target: str, sha256: str) -> str:
    """Give where a signed target of this sha256 (hex) lies in a repository."""
    folder, _, name = target.rpartition("/")
    return "/".join(part for part in (TARGETS, folder, f"{sha256}.{name}") if part)
