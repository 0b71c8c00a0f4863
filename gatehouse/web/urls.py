"""The URLs of the staff office, below /office/, where web.asgi mounts it."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [path("", include("gatehouse.office.urls"))]
handler404 = "gatehouse.office.refusals.on_missing"
handler500 = "gatehouse.office.refusals.on_bug"
