"""How often one may try to sign in: guessing is slow, and nobody can lock another one out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from django.db.models import Q
from django.utils import timezone

from gatehouse.base.errors import QuotaExceeded
from gatehouse.office.models import Attempt

WINDOW: Final = timedelta(minutes=15)
SAYING = "Too many attempts. Wait a quarter of an hour, or ask an admin for a new link."


def doors(account: str, network: str) -> Mapping[str, int]:
    """What an attempt counts for, and how many are allowed in the window.

    Five for one account from one network; the other two bound guessing across many accounts, and
    from many networks, without giving a stranger an easy way to lock the account's owner out.
    """
    name = account.strip().lower()[:150]
    return {f"pair:{name}@{network}": 5, f"network:{network}": 20, f"account:{name}": 100}


def knock(account: str, network: str) -> list[Attempt]:
    """Counts the attempt before the password is looked at. Raises QuotaExceeded."""
    now = timezone.now()
    Attempt.objects.filter(at__lt=now - WINDOW).delete()
    allowed = doors(account, network)
    made = Attempt.objects.bulk_create(Attempt(door=door, at=now) for door in allowed)
    for door, most in allowed.items():
        if Attempt.objects.filter(door=door, at__gt=now - WINDOW).count() > most:
            raise QuotaExceeded(SAYING, retry_after=int(WINDOW.total_seconds()), policy="sign-in")
    return made


def welcome(account: str, network: str, made: list[Attempt]) -> None:
    """Who has signed in made no wrong attempt. What the network tried at other accounts stays
    counted, or whoever has an account could guess at the others without end."""
    own = [door for door in doors(account, network) if not door.startswith("network:")]
    mine = Q(pk__in=[each.pk for each in made])
    Attempt.objects.filter(Q(door__in=own) | mine).delete()
