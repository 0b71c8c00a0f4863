"""Releases in the source: a tag for what was completed, and the way back to an older one."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Final

from gatehouse.rollout.levers import Refused
from gatehouse.rollout.types import Phase, Standing

NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
GIT_SECONDS: Final = 30

# The pointer has been flipped before; this only brings the old image back.
PROCEDURE: Final = """\
The pointer is flipped; nobody waits for what follows. To bring the release {tag} back:
  compose   GATEHOUSE_TAG={tag} docker compose up -d web celery
  k8s       kubectl set image deployment/gatehouse gatehouse=gatehouse:{tag} && \\
            kubectl rollout status deployment/gatehouse --timeout=120s
  systemd   cd /opt/gatehouse && git checkout {tag} && bin/run --install && \\
            systemctl restart gatehouse
  source    git revert --no-edit {tag}..HEAD   (last, and only in the repository)"""


def tag(standing: Standing | None, name: str, *, folder: Path, push_to: str = "") -> str:
    """Makes an annotated tag once, and pushes it where asked; what was done, in words.

    Raises Refused while the last rollout is not completed, for a name that stands elsewhere, and
    where git will not have it.
    """
    if not NAME.fullmatch(name):
        raise Refused(f"{name!r} is no name for a tag: letters, digits, dot, dash, underscore")
    if standing is None or standing.phase != Phase.COMPLETED:
        where = f"{standing.id} is {standing.phase}" if standing else "there was no rollout"
        raise Refused(f"a release is tagged when its rollout is completed, and {where}")
    done = _made(standing, name, folder)
    if push_to:
        _git(folder, "push", push_to, f"refs/tags/{name}")
        done += f", pushed to {push_to}"
    return done


def _made(standing: Standing, name: str, folder: Path) -> str:
    commit = str(standing.facts.get("commit") or "HEAD")
    wanted = _git(folder, "rev-parse", f"{commit}^{{commit}}")
    if found := _commit_of(folder, name):
        if found != wanted:
            raise Refused(f"the tag {name} stands at {found[:12]} already; a tag never moves")
        return f"the tag {name} stands at {found[:12]} already"
    message = f"{standing.canary_version}, completed by rollout {standing.id}"
    _git(folder, "tag", "-a", name, "-m", message, wanted)
    return f"tagged {wanted[:12]} as {name}"


def known(name: str, *, folder: Path) -> str:
    """The commit of a tag. Raises Refused if there is none."""
    found = _commit_of(folder, name)
    if not found:
        raise Refused(f"there is no tag {name} here: git tag --list")
    return found


def _commit_of(folder: Path, name: str) -> str:
    try:
        return _git(folder, "rev-parse", "--verify", "--quiet", f"refs/tags/{name}^{{commit}}")
    except Refused:
        return ""


def _git(folder: Path, *words: str) -> str:
    try:
        done = subprocess.run(
            ("git", *words),
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=GIT_SECONDS,
            check=False,
        )
    except (OSError, subprocess.SubprocessError) as trouble:
        raise Refused(f"git {words[0]}: {trouble}") from trouble
    if done.returncode:
        why = " ".join(done.stderr.split()) or f"exit code {done.returncode}"
        raise Refused(f"git {words[0]}: {why}")
    return done.stdout.strip()
