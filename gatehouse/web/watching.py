"""The controller and the notices of this process, put together."""

from __future__ import annotations

from gatehouse.base.config import Settings
from gatehouse.rollout.connecting import connecting
from gatehouse.rollout.controller import Controller
from gatehouse.rollout.cross_checked import CrossChecked
from gatehouse.rollout.looking import LedgerEyes
from gatehouse.rollout.notices import outlets_of
from gatehouse.rollout.outlets import senders
from gatehouse.rollout.prometheus import PrometheusReadings
from gatehouse.rollout.readings import LedgerReadings
from gatehouse.rollout.running import Running, deliver_notices
from gatehouse.web.steering import Steering
from gatehouse.web.tending import Work


def watching(settings: Settings, url: str, steering: Steering) -> dict[str, Work]:
    """Background work by name. Every process stands by; the database lets one of them lead."""
    connect = connecting(url, name="gatehouse-controller")
    eyes = eyes_of(settings, LedgerReadings(connect))
    running = Running(
        Controller(connect, settings, eyes), tick_seconds=settings.rollout_tick_seconds
    )
    steering.follower.on_change(running.hear)
    works: dict[str, Work] = {"controller": running.run}
    if outlets_of(settings):
        ways = senders(settings)
        works["notices"] = lambda: deliver_notices(connect, ways)
    return works


def eyes_of(settings: Settings, ledger: LedgerReadings) -> LedgerEyes:
    """The ledger; where a Prometheus is configured, it looks on."""
    if not settings.prometheus_url:
        return LedgerEyes(ledger)
    checked = CrossChecked(ledger, PrometheusReadings(str(settings.prometheus_url)))
    return LedgerEyes(ledger, checked)
