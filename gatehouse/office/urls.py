"""The pages and the API of the office."""

from __future__ import annotations

from django.urls import path

from gatehouse.office import console, signing_in

urlpatterns = [
    path("", console.home, name="home"),
    path("login", signing_in.sign_in, name="sign-in"),
    path("logout", signing_in.sign_out, name="sign-out"),
    path("welcome/<str:who>/<str:token>", signing_in.welcome, name="welcome"),
    path("console", console.console, name="console"),
    path("rollouts", console.rollouts, name="rollouts"),
    path("rollouts/<str:rollout_id>", console.rollout, name="rollout"),
    path("rollouts/<str:rollout_id>/<str:name>", console.lever, name="lever"),
    path("versions", console.console, name="versions"),
    path("flags", console.console, name="flags"),
    path("audit", console.console, name="audit"),
]
