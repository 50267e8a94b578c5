"""Where a data set comes from: a folder, a zip archive, or the Hub. What others packed is read without trusting it."""

import re
import shutil
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from huggingface_hub import snapshot_download
from huggingface_hub.errors import (
    GatedRepoError,
    HFValidationError,
    HTTPError,
    LocalEntryNotFoundError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)

from train.data import PICTURES, BadData

HUB = re.compile(r"hf://(?:datasets/)?(?P<repo>[^/@]+/[^/@]+)(?:@(?P<revision>.+))?")
MOST_FILES = 500_000
MOST_BYTES = 20 * 2**30  # unpacked, all together
LARGEST = 200 * 2**20  # unpacked, one picture
TIGHTEST = 100  # times the archive's own size: pictures are packed already, and what packs better than this is a bomb
SMALL = 100 * 2**20  # unpacked: harmless, however tightly packed
CHUNK = 2**20


@contextmanager
def opened(source: str | Path) -> Iterator[Path]:
    """The folder of a data set: itself, the pictures of a zip archive (unpacked beside the system's temporary files and removed at the
    end), or the Hub's copy of hf://owner/name@revision (kept in the Hub's cache).

    Raises:
        BadData: one sentence on what is not there, or cannot be trusted.
    """
    if str(source).startswith("hf://"):
        folder = downloaded(str(source))
        archives = sorted(folder.rglob("*.zip"))
        if len(archives) != 1 or any(path.suffix.lower() in PICTURES for path in folder.rglob("*")):
            yield folder
            return
        source = archives[0]
    path = Path(source)
    if path.is_dir():
        yield path
    elif not path.exists():
        raise BadData(f"{path}: there is no such folder or file.")
    elif not zipfile.is_zipfile(path):
        raise BadData(f"{path}: neither a folder nor a zip archive.")
    else:
        with tempfile.TemporaryDirectory(prefix="trazo-doctor-") as unpacked:
            unpack(path, Path(unpacked))
            yield Path(unpacked)


def unpack(archive: Path, folder: Path) -> None:
    """The pictures of a zip archive into an empty folder, and nothing else that it holds.

    Refused with BadData, before anything is written: names that lead out of the folder, links, encrypted files, the same name twice, and
    sizes that no picture has. What the archive says of its sizes is held against what comes out.
    """
    try:
        with zipfile.ZipFile(archive) as packed:
            members = packed.infolist()
            if len(members) > MOST_FILES:
                raise BadData(f"{archive}: {len(members):,} files; at most {MOST_FILES:,} are unpacked.")
            places = {}
            for member in members:
                if (place := safe_place(archive, member)) is None:
                    continue
                if place in places:
                    raise BadData(f"{archive}: holds {place} twice.")
                places[place] = member
            total = sum(member.file_size for member in places.values())
            free = shutil.disk_usage(folder).free
            if total > min(MOST_BYTES, free):
                most = f"at most {MOST_BYTES / 2**30:.0f} GB are unpacked, and {free / 2**30:.1f} GB are free"
                raise BadData(f"{archive}: {total / 2**30:,.1f} GB of pictures when unpacked; {most}.")
            if total > max(SMALL, TIGHTEST * archive.stat().st_size):
                raise BadData(
                    f"{archive}: {archive.stat().st_size:,} bytes would unpack to {total:,}; no pictures do. Nothing was unpacked."
                )
            for place, member in places.items():
                (folder / place).parent.mkdir(parents=True, exist_ok=True)
                with packed.open(member) as source, (folder / place).open("xb") as target:
                    copy(source, target, member.file_size)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as error:
        raise BadData(f"{archive}: the archive is damaged or cannot be unpacked here ({error}).") from error


def safe_place(archive: Path, member: zipfile.ZipInfo) -> PurePosixPath | None:
    """Where a file of an archive may lie; None for what is no picture. BadData for what no honest archive holds."""
    name = member.filename.replace("\\", "/")
    place = PurePosixPath(name)
    if place.is_absolute() or ".." in place.parts or ":" in name or "\0" in name:
        raise BadData(f"{archive}: the name {member.filename!r} leads out of the archive's folder; nothing was unpacked.")
    if stat.S_ISLNK(member.external_attr >> 16):
        raise BadData(f"{archive}: {place} is a link; nothing was unpacked.")
    if member.is_dir() or place.suffix.lower() not in PICTURES or "__MACOSX" in place.parts:
        return None
    if member.flag_bits & 1:
        raise BadData(f"{archive}: {place} is encrypted.")
    if member.file_size > LARGEST:
        raise BadData(f"{archive}: {place} would unpack to {member.file_size:,} bytes; at most {LARGEST:,} are. Nothing was unpacked.")
    return place


def copy(source, target, size: int) -> None:
    """Copies what is there, and stops at the promised size."""
    copied = 0
    while chunk := source.read(CHUNK):
        copied += len(chunk)
        if copied > size:
            raise zipfile.BadZipFile(f"more than the promised {size:,} bytes")
        target.write(chunk)


def downloaded(source: str) -> Path:
    """The Hub's copy of a data set, pictures and zip archives alone."""
    if not (match := HUB.fullmatch(source)):
        raise BadData(f"{source}: expected hf://owner/name or hf://owner/name@revision.")
    kinds = [f"*{suffix}" for suffix in (*PICTURES, ".zip")]
    wanted = [*kinds, *map(str.upper, kinds)]
    try:
        return Path(snapshot_download(match["repo"], repo_type="dataset", revision=match["revision"], allow_patterns=wanted))
    except RevisionNotFoundError:
        raise BadData(f"{source}: the Hub has the data set, but not that revision.") from None
    except GatedRepoError:
        raise BadData(f"{source}: its owner asks you to accept conditions on the Hub first, and to be logged in (hf auth login).") from None
    except RepositoryNotFoundError:
        raise BadData(f"{source}: the Hub has no such data set, or it is private and you are not logged in (hf auth login).") from None
    except HFValidationError:
        raise BadData(f"{source}: {match['repo']} is no name that the Hub knows.") from None
    except LocalEntryNotFoundError:
        raise BadData(f"{source}: the Hub cannot be reached, and no whole copy lies in its cache.") from None
    except (OSError, HTTPError) as error:
        raise BadData(f"{source}: could not be had from the Hub ({type(error).__name__}).") from error
