"""Makes what a new installation needs on its disk: the folder, the signing key, the data keys.

Runs before Django, which cannot start without a signing key, so nothing of Django is imported.
"""

import os
import secrets
import sys
import tempfile
from pathlib import Path

FIELD_KEY, INDEX_KEY = "field-1.key", "index-1.key"


class KeysMissing(Exception):
    """Data is there, the keys that open it are not; new ones would lock it for ever."""


def create_missing(var_dir: Path, *, keys_elsewhere: bool = False) -> list[Path]:
    """Create what is missing under `var_dir` and return it; existing files are never changed.

    With `keys_elsewhere` the operator keeps the data keys and none is made here. Raises
    KeysMissing when data lies there without its keys.
    """
    keys = var_dir / "keys"
    if not keys_elsewhere:
        _refuse_new_keys_over_data(var_dir)
    made = [path for path in (var_dir, keys, var_dir / "files") if _make_folder(path)]
    wanted = {var_dir / "secret_key": secrets.token_urlsafe(50)}
    for name in (FIELD_KEY, INDEX_KEY):
        if not keys_elsewhere and not _has_key(keys, name):
            wanted[keys / name] = secrets.token_hex(32)
    made += [path for path, text in wanted.items() if _write_once(path, text + "\n")]
    return made


def _has_key(keys: Path, name: str) -> bool:
    """Any version counts: after a rotation the first one may rightly be gone."""
    return any(keys.glob(name.replace("-1.", "-*.")))


def _refuse_new_keys_over_data(var_dir: Path) -> None:
    keys = var_dir / "keys"
    missing = [name for name in (FIELD_KEY, INDEX_KEY) if not _has_key(keys, name)]
    data = [var_dir / "db.sqlite3", *(var_dir / "files").glob("*")]
    found = next((path for path in data if path.exists() and _size(path)), None)
    if missing and found:
        raise KeysMissing(
            f"{found} exists, but {', '.join(missing)} is missing in {keys}. The identifiers in "
            "the database can be read only with that key: put it back from your backup. "
            "Nothing was changed."
        )


def _size(path: Path) -> int:
    """An empty database file is what a failed first start leaves behind; it holds nothing."""
    return path.stat().st_size


def _make_folder(path: Path) -> bool:
    if path.is_dir():
        return False
    path.mkdir(parents=True, mode=0o700)
    path.chmod(0o700)  # mkdir's mode is cut by the umask
    return True


def _write_once(path: Path, text: str) -> bool:
    """Write a private file whole or not at all; False when it exists already."""
    if path.exists():
        return False
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")  # mkstemp makes it 600
    temporary = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        try:
            # A link fails where the name is taken; a rename would replace a rival's key.
            os.link(temporary, path)
        except FileExistsError:
            return False
    finally:
        temporary.unlink()
    _sync_folder(path.parent)
    return True


def _sync_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def main(arguments: list[str]) -> int:
    folders = [argument for argument in arguments if argument != "--keys-elsewhere"]
    if len(folders) != 1:
        print("usage: python -m tkpk.provision [--keys-elsewhere] VAR_DIR", file=sys.stderr)
        return 2
    try:
        made = create_missing(Path(folders[0]), keys_elsewhere=folders != arguments)
    except KeysMissing as refusal:
        print(refusal, file=sys.stderr)
        return 1
    for path in made:
        print(f"dibuat / created: {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
