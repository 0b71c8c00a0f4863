"""The page's modules one by one, run in the browser that they are written for."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser

from .face import face

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def run(browser: Browser, pretended: tuple[Any, str]) -> Any:
    """Runs a function of (module, argument) on the page."""
    with face(browser, pretended[1]) as shown:
        shown.page.goto(pretended[1])

        def call(module: str, body: str, argument: Any = None) -> Any:
            script = f"async ([file, a]) => {{ const m = await import(file); {body} }}"
            return shown.page.evaluate(script, [f"/widget/{module}", argument])

        yield call


def test_events_are_read_the_same_wherever_the_bytes_are_cut(run: Any) -> None:
    text = (
        ': hello\r\n\r\nid: 1.1\nevent: delta\ndata: {"ü":\ndata: 1}\n\n'
        "event:done\r\ndata: €\r\n\r\ndata\n\n"
    )
    found = run(
        "stream.js",
        """
        const bytes = new TextEncoder().encode(a);
        const all = [];
        for (let at = 0; at <= bytes.length; at += 1) {
            const parts = [bytes.slice(0, at), bytes.slice(at)];
            const start = (c) => (parts.forEach((part) => c.enqueue(part)), c.close());
            const stream = new ReadableStream({ start });
            const events = [];
            for await (const event of m.parseEvents(stream)) events.push(event);
            all.push(JSON.stringify(events));
        }
        return [...new Set(all)].map((one) => JSON.parse(one));
        """,
        text,
    )
    assert found == [
        [
            {"kind": "delta", "data": '{"ü":\n1}', "id": "1.1"},
            {"kind": "done", "data": "€", "id": None},
            {"kind": "message", "data": "", "id": None},
        ]
    ]


def test_a_reply_that_begins_anew_is_told_from_its_beginning(run: Any) -> None:
    """After a takeover the stream says so: events seen before count no more."""
    told = run(
        "stream.js",
        """
        const courier = new m.Courier({}), seen = { last: null, ids: new Set() }, told = [];
        for (const [kind, id, data] of a) {
            const event = { kind, id, data: JSON.stringify(data) };
            courier.take(event, seen, (k, d) => told.push([k, d.text ?? ""]));
        }
        return [told, seen.last];
        """,
        [
            ["meta", None, {"schema": "v2"}],
            ["delta", "5.1-aaaaaaaa", {"text": "One. "}],
            ["delta", "5.1-aaaaaaaa", {"text": "One. "}],
            ["meta", None, {"schema": "v2", "restart": True}],
            ["delta", "5.1", {"text": "Other. "}],
            ["delta", "5.1-aaaaaaaa", {"text": "One. "}],
        ],
    )
    assert told == [
        [["meta", ""], ["delta", "One. "], ["meta", ""], ["delta", "Other. "], ["delta", "One. "]],
        "5.1-aaaaaaaa",
    ]


def test_what_was_told_is_cleared_when_the_reply_begins_anew(run: Any) -> None:
    text = run(
        "conversation.js",
        """
        const talk = Object.create(m.Conversation.prototype);
        const item = {}, answer = { text: "", cards: [], actions: [] };
        talk.view = { changed() {} };
        for (const [kind, data] of a) talk.hear(kind, data, { item, answer });
        return answer.text;
        """,
        [
            ["delta", {"text": "One. "}],
            ["meta", {"restart": True}],
            ["delta", {"text": "Other. "}],
            ["meta", {}],
        ],
    )
    assert text == "Other. "


def test_waiting_grows_is_bounded_and_never_earlier_than_asked(run: Any) -> None:
    seconds = "return a.map(([t, r, x]) => m.backoff(t, r, () => x));"
    low = run("stream.js", seconds, [[n, None, 0] for n in range(1, 12)])
    high = run("stream.js", seconds, [[n, None, 1] for n in range(1, 12)])
    assert low == sorted(low)
    assert high[-1] == pytest.approx(36)
    assert all(0.8 <= value <= 36.1 for value in (*low, *high))
    assert run("stream.js", seconds, [[1, 20, 0], [9, 2, 0]]) == [20, pytest.approx(24)]


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("plain", "<p>plain</p>"),
        ("one\ntwo", "<p>one<br>two</p>"),
        ("a **b** c\n\nd", "<p>a <strong>b</strong> c</p><p>d</p>"),
        ("- a\n- *b*", "<ul><li>a</li><li><em>b</em></li></ul>"),
        ("2. b\n3. c", '<ol start="2"><li>b</li><li>c</li></ol>'),
        ("2 * 3 * 4", "<p>2 * 3 * 4</p>"),
        ("<b>no</b>", "<p>&lt;b&gt;no&lt;/b&gt;</p>"),
        ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>"),
        ("`a<b`", "<p><code>a&lt;b</code></p>"),
        ("", ""),
    ],
)
def test_the_small_markdown(run: Any, text: str, html: str) -> None:
    box = "const box = document.createElement('div');"
    drawn = f"{box} box.append(m.markdown(a)); return box.innerHTML;"
    assert run("markdown.js", drawn, text) == html


@pytest.mark.parametrize(
    ("cell", "neutral"),
    [
        ("=1+1", "'=1+1"), ("+SUM(A1)", "'+SUM(A1)"), ("@x", "'@x"), ("-2+3", "'-2+3"),
        ("\t=1", "'\t=1"), ("  =1", "'  =1"), ("＝1+1", "'＝1+1"),
        ("-500", "-500"), ("+5.5", "+5.5"), ("£500", "£500"), ("a=b", "a=b"), ("", ""),
    ],
)  # fmt: skip
def test_formulas_are_disarmed_and_numbers_kept(run: Any, cell: str, neutral: str) -> None:
    assert run("csv.js", "return m.neutral(a);", cell) == neutral


def test_pictures_come_only_from_our_own_server(run: Any) -> None:
    own = "return a.map((one) => m.ownAddress(one, 'https://chat.example/'));"
    given = [
        "/a.svg",
        "https://chat.example/b",
        "https://evil.example/c",
        "//evil.example",
        "javascript:1",
        "data:,x",
    ]
    assert run("dom.js", own, given) == [
        "https://chat.example/a.svg", "https://chat.example/b", None, None, None, None,
    ]  # fmt: skip


def test_no_style_or_markup_can_be_built(run: Any) -> None:
    tried = "try { m.el('p', a); return 'built'; } catch (e) { return e.message; }"
    assert run("dom.js", tried, {"style": "color:red"}) == "style is not built here"
    assert run("dom.js", tried, {"innerHTML": "<b>"}) == "innerHTML is not built here"
