"""The kinds of value a setting can have: how text is read, and what is allowed in plain words."""

from __future__ import annotations

import re
from collections.abc import Callable
from ipaddress import ip_network
from typing import Annotated, Any, Final, Literal, get_args, get_origin
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from annotated_types import Ge, Le
from pydantic import AfterValidator, BeforeValidator, Field, SecretStr
from pydantic.fields import FieldInfo

Kind = Literal["ceiling", "live", "restart"]
KINDS: Final[dict[Kind, str]] = {
    "ceiling": "the most that is allowed; stored flags, where there are any, only restrict it",
    "live": "a stored value, where there is one, takes its place while running; else as restart",
    "restart": "read once at the start",
}


def setting(
    default: Any,
    description: str,
    *,
    kind: Kind = "restart",
    span: tuple[float, float] | None = None,
    allowed: str = "",
) -> Any:
    """One declaration. `span` is the least and the greatest number; `allowed` the rule in words."""
    least, greatest = span or (None, None)
    extra: dict[str, Any] = {"kind": kind, "allowed": allowed}
    return Field(default, description=description, ge=least, le=greatest, json_schema_extra=extra)


def allowed(field: FieldInfo) -> str:
    """What the field accepts, as the end of the sentence 'allowed is …'."""
    if stated := _extra(field)["allowed"]:
        return str(stated)
    if get_origin(field.annotation) is Literal:
        return "one of " + ", ".join(map(str, get_args(field.annotation)))
    if field.annotation is bool:
        return "true, false, 1 or 0"
    if field.annotation in (int, float):
        noun = "a whole number" if field.annotation is int else "a number"
        return f"{noun} from {_limit(field, Ge):g} to {_limit(field, Le):g}"
    return "text"


def kind(field: FieldInfo) -> Kind:
    stated: Kind = _extra(field)["kind"]
    return stated


def masked(field: FieldInfo, value: Any) -> Any:
    """The value as anybody may see it: no secret, no password inside a URL."""
    if field.annotation is SecretStr:
        text = value.get_secret_value() if isinstance(value, SecretStr) else str(value)
        return f"(secret, {len(text)} characters)" if text else ""
    return _without_password(value) if isinstance(value, str) else value


def _without_password(text: str) -> str:
    """Of user:password@host everything between the first colon and the last @ is hidden."""
    text = re.sub(r"((?:^|//)[^:@/]*:)(?!//).+(?=@)", r"\1***", text)
    return re.sub(r"(password=)[^&\s]+", r"\1***", text)


def _extra(field: FieldInfo) -> dict[str, Any]:
    return field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}


def _limit(field: FieldInfo, bound: type[Ge | Le]) -> float:
    found = next(rule for rule in field.metadata if isinstance(rule, bound))
    return float(found.ge if isinstance(found, Ge) else found.le)  # type: ignore[arg-type]


def _flag(value: Any) -> bool:
    words = {"true": True, "1": True, "false": False, "0": False}
    return value if isinstance(value, bool) else words[_known(str(value).lower(), words)]


def _known(word: str, words: dict[str, bool]) -> str:
    if word not in words:
        raise ValueError(word)
    return word


def _digits(value: Any) -> Any:
    """Only plain digits: pydantic alone would also read '1_000' and '50.0'."""
    if isinstance(value, str) and not re.fullmatch(r"-?[0-9]{1,12}", value):
        raise ValueError(value)
    return value


def _listed(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return tuple(part.strip() for part in value.split(",") if part.strip())


def _network(text: str) -> str:
    return str(ip_network(text, strict=False))


def _origin(text: str) -> str:
    """scheme://host[:port] and nothing behind it, in small letters."""
    parts = urlsplit(text.lower())
    _ = parts.port  # raises ValueError for a bad one
    whole = f"{parts.scheme}://{parts.netloc}"
    is_plain = text.lower() in (whole, f"{whole}/") and not re.search(r"[\s@*]", whole)
    if parts.scheme not in ("http", "https") or not parts.hostname or not is_plain:
        raise ValueError(text)
    return whole


def _zone(text: str) -> str:
    known = available_timezones()  # empty on some minimal systems, which carry no zones at all
    if known and text not in known:
        raise ValueError(text)
    return text


def _url_of(*schemes: str) -> Callable[[str], str]:
    def check(text: str) -> str:
        parts = urlsplit(text)
        _ = parts.port
        is_whole = parts.scheme in schemes and bool(parts.hostname) and not re.search(r"\s", text)
        if text and not is_whole:
            raise ValueError("no such scheme")
        return text

    return check


def _postgres_url(text: str) -> str:
    parts = urlsplit(text)
    _ = parts.port
    if text and (parts.scheme not in ("postgresql", "postgres") or re.search(r"\s", text)):
        raise ValueError("no such scheme")
    return text


def _long_enough(secret: SecretStr) -> SecretStr:
    if 0 < len(secret.get_secret_value().encode()) < 32:
        raise ValueError("too short")
    return secret


Flag = Annotated[bool, BeforeValidator(_flag)]
Whole = Annotated[int, BeforeValidator(_digits)]
Networks = Annotated[tuple[Annotated[str, AfterValidator(_network)], ...], BeforeValidator(_listed)]
Origins = Annotated[tuple[Annotated[str, AfterValidator(_origin)], ...], BeforeValidator(_listed)]
Zone = Annotated[str, AfterValidator(_zone)]
HttpUrl = Annotated[str, AfterValidator(_url_of("http", "https"))]
RedisUrl = Annotated[str, AfterValidator(_url_of("redis", "rediss"))]
PostgresUrl = Annotated[str, AfterValidator(_postgres_url)]
StrongSecret = Annotated[SecretStr, AfterValidator(_long_enough)]
