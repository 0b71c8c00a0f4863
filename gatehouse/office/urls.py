"""The pages and the API of the office."""

from __future__ import annotations

from django.urls import path

from gatehouse.office import api, audit_page, console, flags_page, signing_in, versions_page

urlpatterns = [
    path("", console.home, name="home"),
    path("login", signing_in.sign_in, name="sign-in"),
    path("logout", signing_in.sign_out, name="sign-out"),
    path("welcome/<str:who>/<str:token>", signing_in.welcome, name="welcome"),
    path("console", console.console, name="console"),
    path("rollouts", console.rollouts, name="rollouts"),
    path("rollouts/<str:rollout_id>", console.rollout, name="rollout"),
    path("rollouts/<str:rollout_id>/replay", console.replay, name="replay"),
    path("rollouts/<str:rollout_id>/<str:name>", console.lever, name="lever"),
    path("versions", versions_page.listed, name="versions"),
    path("versions/<str:version_id>", versions_page.one, name="version"),
    path("flags", flags_page.flags, name="flags"),
    path("audit", audit_page.entries, name="audit"),
    path("api/me", api.me),
    path("api/status", api.status),
    path("api/rollouts", api.rollouts),
    path("api/rollouts/<str:rollout_id>", api.rollout),
    path("api/rollouts/<str:rollout_id>/history", api.history),
    path("api/rollouts/<str:rollout_id>/judgements", api.verdicts),
    path("api/rollouts/<str:rollout_id>/<str:name>", api.pull),
    path("api/flags", api.flags),
]
