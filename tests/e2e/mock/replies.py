"""What the pretended assistant says, in every language."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from .homes import cards

Reply = dict[str, Any]

NO_LISTINGS = "I can't reach the listings just now. I'll send matches when they are back."
BACK = "The listings answer again. I found six homes."
# Found, asked, compared, cheaper, holding text.
WORDS = {
    "en": (
        "I found six homes in Girne that fit. The first one is closest to your budget.",
        "Is it for a holiday, or to live there?",
        "Here they are side by side.",
        "Something cheaper",
        "I am comparing homes…",
    ),
    "tr": (
        "Girne'de size uyan altı ev buldum. İlki bütçenize en yakın olanı.",
        "Tatil için mi, oturmak için mi?",
        "İşte yan yana.",
        "Daha ucuz bir şey",
        "Evleri karşılaştırıyorum…",
    ),
    "ru": (
        "Нашла шесть подходящих вариантов в Кирении. Первый ближе всего к вашему бюджету.",
        "Это для отдыха или для жизни?",
        "Вот они рядом.",
        "Что-нибудь дешевле",
        "Сравниваю варианты…",
    ),
    "uk": (
        "Знайшла шість відповідних варіантів у Кіренії. Перший найближчий до вашого бюджету.",
        "Це для відпочинку чи для життя?",
        "Ось вони поруч.",
        "Щось дешевше",
        "Порівнюю варіанти…",
    ),
    "de": (
        "Ich habe sechs passende Immobilien in Kyrenia gefunden. Die erste liegt am nächsten.",
        "Für einen Urlaub oder zum Wohnen?",
        "Hier stehen sie nebeneinander.",
        "Etwas Günstigeres",
        "Ich vergleiche Immobilien…",
    ),
    "pl": (
        "Mam sześć pasujących ofert w Kirenii. Pierwsza jest najbliżej budżetu.",
        "Na wakacje czy do zamieszkania?",
        "Oto obok siebie.",
        "Coś tańszego",
        "Porównuję oferty…",
    ),
    "fr": (
        "J’ai trouvé six biens à Kyrénia. Le premier est le plus proche de votre budget.",
        "Pour des vacances ou pour y vivre ?",
        "Les voici côte à côte.",
        "Quelque chose de moins cher",
        "Je compare les biens…",
    ),
    "ar": (
        "وجدت ستة عقارات مناسبة في كيرينيا. الأول هو الأقرب إلى ميزانيتك.",
        "هل هو لقضاء عطلة أم للسكن؟",
        "ها هي جنبًا إلى جنب.",
        "شيء أرخص",
        "أقارن بين العقارات…",
    ),
}
HELLOS = ("hello", "merhaba", "привет", "вітаю", "hallo", "dzień", "bonjour", "مرحب")
TABLE = {
    "type": "table",
    "caption": "Comparison of homes",
    "headers": ["Home", "Sea-view flat, harbour", 'The "lemon" flat'],
    "rows": [
        ["Price", "£680 per month", "£560 per month"],
        ["Deposit", "=SUM(A1:A9)", "-500"],
        ["Note", "two\nlines", "@here"],
        ["Pets", "yes", "not stated"],
    ],
    "dense": False,
}
EVIL = (
    '<script>window.hacked=1</script><img src=x onerror="window.hacked=1">'
    "**bold** [x](javascript:1)"
)


def interim(language: str) -> str:
    return WORDS[language][4]


def reply_to(question: str, language: str, *, session: str, turn: int) -> Reply:
    """The reply object for a question: its words choose the kind."""
    found, ask, compared, cheaper, _ = WORDS[language]
    reply: Reply = {"title": "", "summary": found, "blocks": [], "cards": cards()}
    if "compare" in question:
        reply |= {"title": "Comparison", "summary": compared, "blocks": [TABLE], "cards": []}
    elif "attack" in question:
        reply |= {"summary": EVIL, "cards": cards(hostile=True), "blocks": _hostile_blocks()}
    elif question.lower().startswith(
        ("hello", "merhaba", "привет", "вітаю", "hallo", "dzień", "bonjour", "مرحب")
    ):
        reply |= {"summary": ask, "cards": []}
    actions = [{"label": cheaper, "payload": cheaper, "type": "message"}]
    if "compare" in question:
        actions.append({"label": "Save as CSV", "payload": "#csv", "type": "link"})
    reply["meta"] = _meta(session, turn, actions)
    if "promise" in question:
        reply |= {"summary": NO_LISTINGS, "cards": []}
        reply["meta"] |= {"degraded": ["search"], "follow_up": True}
    return reply


def matches(*, session: str, turn: int) -> Reply:
    """What comes by itself after a promise."""
    meta = _meta(session, turn, [])
    return {"title": "", "summary": BACK, "blocks": [], "cards": cards(), "meta": meta}


def _hostile_blocks() -> list[dict[str, Any]]:
    return [
        {"type": "markdown", "content": EVIL},
        {"type": "list", "items": [EVIL], "ordered": False},
        {"type": "table", "caption": EVIL, "headers": [EVIL, EVIL], "rows": [[EVIL, EVIL]]},
        {"type": "callout", "kind": EVIL, "content": EVIL},
        {"type": "code", "content": EVIL},
        {"type": "image", "url": "https://elsewhere.example/track.png", "alt": EVIL},
        {"type": EVIL, "content": EVIL},
    ]


def _meta(session: str, turn: int, actions: list[dict[str, str]]) -> Reply:
    return {
        "schema": "v2", "session_id": session, "message_id": str(uuid4()), "turn": turn,
        "act": "SEARCH_AND_RECOMMEND", "slots": {}, "next_needed": [], "suggested_actions": actions,
        "tier": "regular", "arm": "stable", "version": "mock", "degraded": [], "tokens_used": 0,
        "timings_ms": {},
    }  # fmt: skip
