"""Publishing commands: keys, publish, withdraw, reinstate, amend and renew.

They read arguments and print the result.
"""

import argparse
import getpass
import os
import sys
from datetime import UTC, date, datetime
from pathlib import Path

from securesystemslib.signer import CryptoSigner

from converter.errors import KeyFileError, PublishError
from converter.publish import keys, publisher, tuf_repository
from converter.publish.tuf_repository import Repository
from device.bundle import repository_layout

PASSPHRASE = "PRINTKIOSK_PASSPHRASE"


# Names of verbs in the first release.
_ALIASES = {"reinstate": ("give-back",)}


def add_commands(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the publishing commands to the desk's."""
    _add_keys(verbs)
    out = verbs.add_parser("publish", help="publish a bundle for the kiosks to fetch")
    out.add_argument("bundle", type=Path)
    out.add_argument("repository", type=Path)
    _add_key(out)
    out.set_defaults(run=_publish)
    for name, run, text in (
        ("withdraw", _withdraw, "take a work off every kiosk at its next update check"),
        ("reinstate", _reinstate, "show a withdrawn work again"),
        ("amend", _amend, "correct texts of a work on every kiosk at its next update check"),
    ):
        verb = verbs.add_parser(name, help=text, aliases=_ALIASES.get(name, ()))
        verb.add_argument("record_id", metavar="RECORD_ID")
        if name == "amend":
            verb.add_argument("texts", nargs="+", metavar="FIELD=TEXT")
        verb.add_argument("--repository", type=Path, required=True)
        _add_key(verb)
        verb.set_defaults(run=run)
    renew = verbs.add_parser(
        "renew", help="sign the repository again, unchanged, before its signatures expire"
    )
    renew.add_argument("repository", type=Path)
    _add_key(renew)
    renew.set_defaults(run=_renew)


def _add_keys(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    group = verbs.add_parser("keys", help="create and replace the keys that kiosks trust")
    jobs = group.add_subparsers(required=True, metavar="JOB")
    create = jobs.add_parser(
        "create", help="create all keys and an empty repository signed by them"
    )
    create.add_argument(
        "keys", type=Path, help="folder for the keys; lock its three root keys away afterwards"
    )
    create.add_argument("repository", type=Path)
    create.set_defaults(run=_keys_create)
    rotate = jobs.add_parser(
        "rotate", help="replace the publishing key if it is lost or stolen, or staff changes"
    )
    rotate.add_argument("repository", type=Path)
    rotate.add_argument("--key", type=Path, required=True, help="file for the new key")
    revoke = jobs.add_parser("revoke", help="replace a root key that was lost or stolen")
    revoke.add_argument("name", choices=keys.ROOT_NAMES)
    revoke.add_argument("repository", type=Path)
    revoke.add_argument("--key", type=Path, required=True, help="file for the new key")
    for job, run in ((rotate, _keys_rotate), (revoke, _keys_revoke)):
        job.add_argument(
            "--root-key",
            type=Path,
            action="append",
            required=True,
            help="a root key; give this option twice, for two keys",
        )
        job.set_defaults(run=run)
    for job in (create, rotate, revoke):
        _add_day(job)


def _add_key(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--key", type=Path, required=True, help="the publishing key")
    _add_day(parser)


def _add_day(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--date", type=date.fromisoformat, default=None, metavar="YYYY-MM-DD", help="default: today"
    )


def _now(options: argparse.Namespace) -> datetime:
    if options.date is None:
        return datetime.now(UTC)
    return datetime.combine(options.date, datetime.min.time(), UTC)


def _day(options: argparse.Namespace) -> str:
    return _now(options).date().isoformat()


def _ask(path: Path) -> str:
    """Return a key's passphrase from the environment or the terminal."""
    given = os.environ.get(PASSPHRASE)
    if given is None and not sys.stdin.isatty():
        raise KeyFileError(
            f"{path}: expected a passphrase; run this in a terminal, or set {PASSPHRASE}"
        )
    return given if given is not None else getpass.getpass(f"passphrase of {path}: ")


def _new_publishing_key(path: Path) -> CryptoSigner:
    return keys.create(path, keys.PUBLISHING_NAME, _ask(path))


def _keys_create(options: argparse.Namespace) -> int:
    if (options.repository / repository_layout.METADATA).exists():
        raise PublishError(f"{options.repository}: is already a repository; see `keys rotate`")
    folder: Path = options.keys
    publishing = _new_publishing_key(folder / f"{keys.PUBLISHING_NAME}.pem")
    roots = {name: keys.create(folder / f"{name}.pem", name, None) for name in keys.ROOT_NAMES}
    made = tuf_repository.create(options.repository, roots, publishing, _now(options))
    publisher.write_root(made, folder / repository_layout.ROOT_FILE)
    print(
        f"{folder}: three root keys, the publishing key, and {repository_layout.ROOT_FILE} for the kiosks"
    )
    print(
        "now move each root key off this computer, to three places, each on its own USB stick or paper"
    )
    return 0


def _keys_rotate(options: argparse.Namespace) -> int:
    roots = [keys.load(path, path.stem, _ask) for path in options.root_key]
    publishing = _new_publishing_key(options.key)
    try:
        tuf_repository.replace_publishing(options.repository, roots, publishing, _now(options))
    except PublishError:
        options.key.unlink()  # no root names it
        raise
    print(f"{options.key} is the publishing key from now on; the old key is invalid")
    return 0


def _keys_revoke(options: argparse.Namespace) -> int:
    roots = [keys.load(path, path.stem, _ask) for path in options.root_key]
    new = keys.create(options.key, options.name, None)
    try:
        tuf_repository.replace_root(options.repository, roots, options.name, new, _now(options))
    except PublishError:
        options.key.unlink()
        raise
    print(f"{options.key} is {options.name} from now on; lock it away")
    return 0


def _opened(options: argparse.Namespace) -> Repository:
    signer = keys.load(options.key, keys.PUBLISHING_NAME, _ask)
    return tuf_repository.for_publishing(options.repository, signer, _now(options))


def _publish(options: argparse.Namespace) -> int:
    done = publisher.publish(options.bundle, _opened(options), _day(options))
    total = sum(entry.size_bytes for entry in done.manifest.files)
    print(
        f"version {done.manifest.version} of {done.manifest.name}: {done.manifest.items} prints, "
        f"{done.new_bytes} of {total} bytes are new"
    )
    for record_id in done.still_withdrawn:
        print(
            f"{record_id}: is withdrawn: no kiosk shows it, although it is in this bundle",
            file=sys.stderr,
        )
    return 0


def _withdraw(options: argparse.Namespace) -> int:
    notices = publisher.withdraw(options.record_id, _opened(options), _day(options))
    print(f"{options.record_id}: withdrawn (notice {notices.serial})")
    return 0


def _reinstate(options: argparse.Namespace) -> int:
    notices = publisher.reinstate(options.record_id, _opened(options), _day(options))
    print(f"{options.record_id}: is shown again (notice {notices.serial})")
    return 0


def _amend(options: argparse.Namespace) -> int:
    pairs = [text.partition("=") for text in options.texts]
    for name, equals, _ in pairs:
        if not equals:
            raise PublishError(f"{name!r}: expected FIELD=TEXT, such as title='The Raven'")
    texts = {name: text for name, _, text in pairs}
    notices = publisher.amend(options.record_id, texts, _opened(options), _day(options))
    print(f"{options.record_id}: amended (notice {notices.serial})")
    return 0


def _renew(options: argparse.Namespace) -> int:
    chosen = _opened(options)
    with chosen.edit_targets():
        pass
    chosen.sign_changes()
    expires = chosen.timestamp().expires.date()
    print(f"{options.repository}: signatures are valid until {expires}")
    return 0
