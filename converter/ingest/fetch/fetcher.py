"""Fetch tables, manifests and pictures by their web addresses, once, into the cache.

Pictures are kept, since a museum's picture rarely changes under one address; deleting the cache's folder `pictures` fetches
them again. Tables and manifests are fetched again after a day, since these are what a museum corrects.
"""

import contextlib
import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from converter.cache import Cache
from converter.errors import FetchError
from converter.ingest.fetch.limits import AnswerBounds, FetchLimits
from converter.ingest.fetch.web_client import WebClient

_log = logging.getLogger(__name__)
_DOCUMENTS_A_LINE = 100  # a collection of thousands takes minutes, as servers are asked politely


class Fetcher:
    """Fetches by address into the cache; any thread may call it."""

    def __init__(
        self,
        cache: Cache,
        *,
        allows_private: bool = False,
        is_offline: bool = False,
        is_refreshing: bool = False,
        limits: FetchLimits | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Prepare to fetch, without connecting yet.

        Args:
            cache: Where fetched files are kept.
            allows_private: Whether servers of private networks and of this machine may be asked.
            is_offline: Whether only what is in the cache is used.
            is_refreshing: Whether tables and manifests that were fetched before now are fetched again.
            limits: How much is fetched; `None` for the usual limits.
            sleep: Waits this many seconds.
        """
        self._cache = cache
        self._is_offline = is_offline
        self._is_refreshing = is_refreshing
        self._refreshed: set[str] = set()
        self._limits = limits or FetchLimits()
        self._client = WebClient(self._limits, allows_private=allows_private, sleep=sleep)
        self._lock = threading.Lock()
        self._failed: dict[tuple[str, str], str] = {}
        self._documents = 0

    def picture(self, address: str) -> Path:
        """Return the cached file of a picture, after fetching it if need be.

        Raises:
            FetchError: When it can't be had; the message is the reason of a refusal.
        """
        limits = self._limits
        bounds = AnswerBounds(
            most_bytes=limits.picture_bytes, within_s=limits.total_s, is_picture=True
        )
        return self._get("pictures", address, bounds)

    def try_picture(self, address: str) -> bool:
        """Return whether a picture can be had, which is then in the cache; a failure isn't noted."""
        try:
            self.picture(address)
        except FetchError:
            with self._lock:
                self._failed.pop(("pictures", address), None)
            return False
        return True

    def document(self, address: str) -> Path:
        """Return the cached file of a manifest or the like, fetched at most a day ago.

        Raises:
            FetchError: When it can't be had.
        """
        limits = self._limits
        bounds = AnswerBounds(most_bytes=limits.document_bytes, within_s=limits.total_s)
        return self._get("documents", address, bounds)

    def table(self, address: str) -> Path:
        """Return the cached file of a collection's table, fetched at most a day ago.

        A table may be larger than other documents, and is cached as one of them.

        Raises:
            FetchError: When it can't be had.
        """
        limits = self._limits
        bounds = AnswerBounds(most_bytes=limits.table_bytes, within_s=limits.table_s)
        return self._get("documents", address, bounds)

    def has_picture(self, address: str) -> bool:
        """Return whether a picture is in the cache."""
        return self._cache.path("pictures", address).exists()

    def fetch_all(
        self, addresses: Iterable[str], progress: Callable[[int, int], None] = lambda done, of: None
    ) -> None:
        """Fetch pictures into the cache, several at a time; failures are kept for later."""
        missing = [one for one in dict.fromkeys(addresses) if not self.has_picture(one)]
        workers = ThreadPoolExecutor(self._limits.workers)
        try:
            for done, _ in enumerate(workers.map(self._fetch_picture, missing), 1):
                progress(done, len(missing))
        finally:
            # After an interrupt, what waits is not fetched; what was fetched stays in the cache.
            workers.shutdown(cancel_futures=True)

    def notes(self) -> Iterator[str]:
        """Yield a line for each kind of failure, with its number and an example."""
        with self._lock:
            failed = dict(self._failed)
        for reason, count in sorted(Counter(failed.values()).items()):
            example = next(address for (_, address), why in failed.items() if why == reason)
            yield f"{count} addresses couldn't be fetched, such as {example}: {reason}"

    def _fetch_picture(self, address: str) -> None:
        with contextlib.suppress(FetchError):  # kept, and raised again for the record
            self.picture(address)

    def _get(self, kind: str, address: str, bounds: AnswerBounds) -> Path:
        path = self._cache.path(kind, address)
        if self._is_fresh(kind, address, path):
            return path
        if reason := self._failed.get((kind, address)):
            raise FetchError(reason)
        try:
            if self._is_offline:
                raise FetchError(
                    "expected a file in the cache, found an address that wasn't fetched yet; "
                    "run again without --no-fetch"
                )
            with self._cache.writing(kind, address) as file:
                self._client.get(address, file, bounds)
        except FetchError as error:
            with self._lock:
                self._failed[kind, address] = str(error)
            raise
        with self._lock:
            if kind == "documents":
                self._documents += 1
                if self._documents % _DOCUMENTS_A_LINE == 0:
                    _log.info("%d tables and manifests were fetched", self._documents)
            if self._is_refreshing:
                self._refreshed.add(address)
        return path

    def _is_fresh(self, kind: str, address: str, path: Path) -> bool:
        if not path.exists():
            return False
        if kind == "pictures" or self._is_offline:
            return True
        if self._is_refreshing and address not in self._refreshed:
            return False
        age_s = time.time() - path.stat().st_mtime
        return age_s < self._limits.document_days * 86_400
