"""Metrics: declared once, closed labels, right over several processes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest
from prometheus_client.parser import text_string_to_metric_families

from gatehouse.observe import exposition, labels, meters
from gatehouse.observe.meter import Meter, starting_label_sets
from gatehouse.talk.types import Act, Move
from gatehouse.understanding.types import Intent


def run(code: str, folder: Path | None = None) -> str:
    """Runs a program in a fresh process, in multiprocess mode if a folder is given."""
    environ = {k: v for k, v in os.environ.items() if k != "PROMETHEUS_MULTIPROC_DIR"}
    if folder:
        environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
    done = subprocess.run(
        [sys.executable, "-c", dedent(code)], env=environ, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


SHOW = "from gatehouse.observe import exposition, meters\nprint(exposition.text().decode())"
WORK = """
    from gatehouse.observe import meters
    for _ in range({count}):
        meters.re_agent_act_total.labels(act="CLARIFY", arm="stable").inc()
        meters.re_turn_total_ms.labels(arm="stable", handler="rules").observe(450)
    meters.event_loop_lag_ms.set({lag})
"""


def read(text: str) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


@pytest.mark.parametrize("is_shared", [False, True])
def test_every_declared_metric_is_there_at_zero_before_any_traffic(
    is_shared: bool, tmp_path: Path
) -> None:
    text = run(SHOW, tmp_path if is_shared else None)
    families = {f.name: f for f in text_string_to_metric_families(text)}
    for row in meters.table():
        family = families[row.name.removesuffix("_total") if row.kind == "counter" else row.name]
        assert family.type == row.kind
        assert family.samples
        assert all(sample.value == 0 for sample in family.samples), row.name


def test_the_counts_of_two_worker_processes_are_added_exactly(tmp_path: Path) -> None:
    run(WORK.format(count=700, lag=3), tmp_path)
    run(WORK.format(count=41, lag=5), tmp_path)
    seen = read(run(SHOW, tmp_path))
    assert seen["re_agent_act_total", (("act", "CLARIFY"), ("arm", "stable"))] == 741
    turn = (("arm", "stable"), ("handler", "rules"))
    assert seen["re_turn_total_ms_count", turn] == 741
    assert seen["re_turn_total_ms_sum", turn] == 741 * 450
    assert seen["re_turn_total_ms_bucket", (*turn[:1], turn[1], ("le", "450.0"))] == 741
    assert seen["re_turn_total_ms_bucket", (*turn[:1], turn[1], ("le", "250.0"))] == 0


def test_a_dead_worker_leaves_its_counts_but_not_its_gauges(tmp_path: Path) -> None:
    run(WORK.format(count=1, lag=99), tmp_path)
    assert list(tmp_path.glob("gauge_livemax_*.db"))
    seen = read(run(SHOW, tmp_path))
    assert seen["event_loop_lag_ms", ()] == 0  # the reader's own
    assert seen["re_agent_act_total", (("act", "CLARIFY"), ("arm", "stable"))] == 1


def test_the_files_of_dead_workers_become_one_and_no_count_is_lost(tmp_path: Path) -> None:
    turn = (("arm", "stable"), ("handler", "rules"))
    for round_ in range(1, 4):
        run(WORK.format(count=10, lag=99), tmp_path)
        seen = read(run(SHOW, tmp_path))
        assert seen["re_turn_total_ms_count", turn] == 10 * round_
        assert seen["re_turn_total_ms_sum", turn] == 4500 * round_
        assert seen["re_turn_total_ms_bucket", (*turn, ("le", "450.0"))] == 10 * round_
        assert seen["re_turn_total_ms_bucket", (*turn, ("le", "250.0"))] == 0
    assert len(list(tmp_path.glob("*.db"))) <= 2 + 3  # the estate, and the last reader's own


def test_one_process_alone_does_not_see_another_without_the_shared_folder(tmp_path: Path) -> None:
    run(WORK.format(count=9, lag=0))
    seen = read(run(SHOW))
    assert seen["re_agent_act_total", (("act", "CLARIFY"), ("arm", "stable"))] == 0


def test_each_metric_is_the_attribute_of_its_name() -> None:
    for row in meters.table():
        attribute = getattr(meters, row.name)
        assert isinstance(attribute, Meter)
        assert attribute.declaration is row


def test_names_carry_their_unit_and_help_texts_say_it() -> None:
    for row in meters.table():
        if row.kind == "histogram":
            assert row.name.endswith("_ms")
            assert row.help.endswith("in ms")
            assert list(row.ladder) == sorted(set(row.ladder))
        if row.kind == "counter":
            assert row.name.endswith("_total")


def value(name: str, **wanted: str) -> float:
    return sum(s.value for s in exposition.samples(name) if s.name == name and s.labels == wanted)


def test_an_unknown_value_becomes_other_where_the_list_has_it() -> None:
    before = value("ui_event_total", event="other")
    meters.ui_event_total.labels(event="<script>").inc()
    assert value("ui_event_total", event="other") == before + 1


def test_an_unknown_value_is_refused_and_counted_where_the_list_is_strict() -> None:
    before = value("meter_refused_total", metric="re_agent_act_total")
    meters.re_agent_act_total.labels(act="DELETE_EVERYTHING", arm="stable").inc()
    assert value("meter_refused_total", metric="re_agent_act_total") == before + 1
    assert "DELETE_EVERYTHING" not in exposition.text().decode()


def test_unknown_values_are_not_kept_at_hand() -> None:
    kept = len(meters.ui_event_total._at_hand)
    for number in range(50):
        meters.ui_event_total.labels(event=f"made up {number}").inc()
    assert len(meters.ui_event_total._at_hand) == kept


def test_wrong_label_names_are_a_bug() -> None:
    with pytest.raises(TypeError, match="arm"):
        meters.re_slot_reask_total.labels(branch="stable")


def test_the_order_of_label_names_does_not_matter() -> None:
    meters.chat_feedback_total.labels(score="1", arm="canary").inc()
    meters.chat_feedback_total.labels(arm="canary", score="1").inc()
    assert value("chat_feedback_total", score="1", arm="canary") >= 2


def test_routes_are_declared_and_their_number_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(meters, "ROUTES_AT_MOST", len(meters.ROUTES) + 1)
    meters.declare_routes(["/api/one-more", "/api/one-too-many"])
    assert "/api/one-more" in meters.ROUTES
    assert "/api/one-too-many" not in meters.ROUTES
    meters.ROUTES.pop("/api/one-more")


def test_wide_metrics_start_with_each_value_once() -> None:
    few = list(starting_label_sets({"a": ("1", "2"), "b": ("x", "y")}))
    assert len(few) == 4
    many = [str(n) for n in range(50)]
    wide = list(starting_label_sets({"a": many, "b": many}))
    assert {each["a"] for each in wide} == set(many) == {each["b"] for each in wide}
    assert len(wide) == 100


def test_the_closed_lists_are_those_of_the_product() -> None:
    assert set(labels.INTENTS) == {i.value for i in Intent} | {"other"}
    assert set(labels.ACTS) == {a.value for a in Act}
    assert set(labels.STATE_OF_MOVE) == {m.value for m in Move}
    assert set(labels.STATE_OF_MOVE.values()) <= set(labels.STATES)


def test_the_page_of_metrics_has_every_one_and_is_up_to_date() -> None:
    page = meters.render_docs()
    assert all(f"| `{row.name}` |" in page for row in meters.table())
    assert Path("docs/metrics.md").read_text() == page


def test_openmetrics_ends_as_it_must(tmp_path: Path) -> None:
    code = "from gatehouse.observe import exposition, meters; import json\n"
    text = json.loads(run(code + "print(json.dumps(exposition.openmetrics().decode()))", tmp_path))
    assert text.endswith("# EOF\n")
