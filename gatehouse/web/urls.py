"""The URLs of the staff office."""

urlpatterns: list[object] = []
