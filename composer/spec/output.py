"""Prints a canonical mapping as Docker Compose does: YAML in the schema's order, or JSON.

With ``escape`` dollar signs are doubled, so that what was printed means the same when it is
loaded. What was not interpolated is printed without.
"""

from __future__ import annotations

import re
from typing import Any

from composer.spec import units
from composer.spec.normalise import RESOURCES
from composer.spec.schema import FILE
from composer.spec.schema.service import SERVICE
from composer.spec.shapes import Shape


def to_json(mapping: dict[str, Any], *, escape: bool = True, whole: bool = True) -> str:
    """The JSON of ``config --format json``.

    A ``whole`` model has ``x-`` keys at its top only, and always ``command``; what is but a part,
    or was not interpolated, is printed as it is.
    """
    import json

    shown = _json_model(mapping) if whole else mapping
    text = json.dumps(_json_numbers(shown), indent=2, ensure_ascii=False)
    return text.replace("$", "$$") if escape else text


def _json_numbers(value: Any) -> Any:
    """``value`` with whole numbers where fractions are none, as far as Go writes all digits."""
    if isinstance(value, dict):
        return {key: _json_numbers(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [_json_numbers(entry) for entry in value]
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e21:
        return int(value)
    return value


def _json_model(mapping: dict[str, Any]) -> dict[str, Any]:
    top = {key: mapping[key] for key in sorted(mapping)}
    if "services" in top:
        top["services"] = {
            name: _json_service(service) for name, service in top["services"].items()
        }
    for section in RESOURCES:
        if section in top:
            top[section] = _bare(top[section], (FILE.keys or {})[section])
    for network in top.get("networks", {}).values():
        network.setdefault("ipam", {})
    top.pop("models", None)
    return top


_HOOKS = ("pre_start", "post_start", "pre_stop")


def _limit(limit: Any) -> Any:
    """A limit without its zeros."""
    if not isinstance(limit, dict):
        return limit
    return {key: value for key, value in limit.items() if value}


def _json_service(service: dict[str, Any]) -> dict[str, Any]:
    shown: dict[str, Any] = _bare(service, SERVICE)
    shown.setdefault("command", None)
    shown.setdefault("entrypoint", None)
    if "deploy" in shown:
        shown["deploy"].setdefault("resources", {})
        shown["deploy"].setdefault("placement", {})
    for watch in shown.get("develop", {}).get("watch", ()):
        watch.setdefault("exec", {"command": None})
    for key in _HOOKS:
        for hook in shown.get(key, ()):
            hook.setdefault("command", None)
    for section in (shown, shown.get("build") or {}):
        if "ulimits" in section:
            section["ulimits"] = {name: _limit(limit) for name, limit in section["ulimits"].items()}
    for key, value in shown.get("blkio_config", {}).items():
        if isinstance(value, list):
            shown["blkio_config"][key] = [
                {name.capitalize(): entry for name, entry in device.items()} for device in value
            ]
    return shown


def _bare(value: Any, shape: Shape | None) -> Any:
    """Without the extensions, as Docker Compose's JSON is."""
    if shape is None:
        return value
    if isinstance(value, dict) and shape.keys is not None:
        known = shape.keys
        return {key: _bare(entry, known[key]) for key, entry in value.items() if key in known}
    if isinstance(value, dict):
        return {key: _bare(entry, shape.values) for key, entry in value.items()}
    if isinstance(value, list):
        return [_bare(entry, shape.items) for entry in value]
    return value


def to_yaml(mapping: dict[str, Any], *, escape: bool = True) -> str:
    """The YAML that ``config`` prints."""
    lines: list[str] = []
    _mapping(mapping, "", lines)
    text = "".join(lines)
    return text.replace("$", "$$") if escape else text


_WORDS = frozenset(
    form
    for word in ("null", "true", "false", "yes", "no", "on", "off", "y", "n", ".inf", "+.inf")
    for form in (word, word.upper(), word.capitalize())
) | {"~", "<<", "=", ".nan", ".NaN", ".NAN", ".Inf", "+.Inf", "-.inf", "-.Inf", "-.INF"}
"""What YAML 1.1 or 1.2 reads as something else than text."""
_NUMBER = re.compile(
    r"[-+]?(?:0b[01_]+|0o[0-7][0-7_]*|0x[0-9a-f_]+|\.[0-9]+(?:_[0-9]+)*(?:e[-+]?[0-9]+)?"
    r"|[0-9][0-9_]*(?::[0-5]?[0-9])*(?:\.[0-9_]*)?(?:e[-+]?_*[0-9][0-9_]*)?)\Z"
    r"|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt\s].*)?\Z",
    re.IGNORECASE,
)
"""What YAML 1.1 or 1.2 reads as a number, a time or a date."""
_INDICATORS = re.compile(r"[,\[\]{}#&*!|>'\"%@`]|[-?:](?:\s|\Z)|---|\.\.\.")
_BROKEN = re.compile(r":(?:\s|\Z)|\s#|\s\Z|\A\s")

_SPECIAL = "[^ -~\xa0-\u2027\u202a-\ufefe\uff00-\ufffd]"
"""What is escaped: controls and what lies beyond the basic plane."""
_ASCII_SPECIAL = "[^ -~]"
"""The same for ASCII: compiling the other takes longer than writing most projects."""


def _special(text: str) -> str:
    """The pattern of what is escaped in ``text``."""
    return _ASCII_SPECIAL if text.isascii() else _SPECIAL


def _mapping(value: dict[str, Any], indent: str, lines: list[str]) -> None:
    for key, entry in value.items():
        _entry(f"{indent}{_scalar(key)}:", entry, indent, lines)


def _entry(start: str, value: Any, indent: str, lines: list[str]) -> None:
    if isinstance(value, dict) and value:
        lines.append(f"{start}\n")
        _mapping(value, indent + "  ", lines)
    elif isinstance(value, list) and value:
        lines.append(f"{start}\n")
        _sequence(value, indent + "  ", lines)
    elif isinstance(value, (dict, list)):
        lines.append(f"{start} {'{}' if isinstance(value, dict) else '[]'}\n")
    elif isinstance(value, str) and "\n" in value and _blockable(value):
        lines.append(f"{start} {_block(value, indent)}")
    else:
        lines.append(f"{start} {_scalar(value)}\n")


def _sequence(value: list[Any], indent: str, lines: list[str]) -> None:
    for entry in value:
        if isinstance(entry, (dict, list)) and entry:
            below: list[str] = []
            if isinstance(entry, dict):
                _mapping(entry, indent + "  ", below)
            else:
                _sequence(entry, indent + "  ", below)
            below[0] = f"{indent}- {below[0].lstrip(' ')}"
            lines += below
        else:
            _entry(f"{indent}-", entry, indent, lines)


def _blockable(text: str) -> bool:
    """Whether a literal block gives the text back to every reader of YAML."""
    plain = text.replace("\n", "").replace("\t", "")
    return not (
        re.search(_special(plain), plain)
        or text.startswith("\t")
        or text.endswith(" ")
        or " \n" in text
    )


def _block(text: str, indent: str) -> str:
    start = "2" if text[0] in " \n" else ""  # else the indentation is taken from the first line
    kept = text == "\n" or text.endswith("\n\n")
    ending = "+" if kept else "" if text.endswith("\n") else "-"
    body = text if text.endswith("\n") else text + "\n"
    inner = "".join(f"{indent}  {line}\n" if line else "\n" for line in body[:-1].split("\n"))
    return f"|{start}{ending}\n{inner}"


_NOT_FINITE = {"+Inf": ".inf", "-Inf": "-.inf", "NaN": ".nan"}


def _scalar(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _text(value)
    shown = units.text(value)
    if isinstance(value, float):
        shown = _NOT_FINITE.get(shown) or re.sub(r"\A(-?[0-9])e", r"\1.0e", shown)
    return shown


def _text(text: str) -> str:
    if not text:
        return '""'
    if re.search(_special(text), text) or text in _WORDS or _NUMBER.match(text):
        return _quoted(text)
    if _INDICATORS.match(text) or _BROKEN.search(text):
        return "'" + text.replace("'", "''") + "'"
    return text


_ESCAPES = {
    "\0": "\\0",
    "\a": "\\a",
    "\b": "\\b",
    "\t": "\\t",
    "\n": "\\n",
    "\v": "\\v",
    "\f": "\\f",
    "\r": "\\r",
    "\x1b": "\\e",
    '"': '\\"',
    "\\": "\\\\",
    "\x85": "\\N",
    "\u2028": "\\L",
    "\u2029": "\\P",
}


def _quoted(text: str) -> str:
    """The text in double quotes, with what cannot be printed escaped."""
    escaped = re.sub(rf'{_special(text)}|["\\\\]', lambda found: _escaped(found.group()), text)
    return f'"{escaped}"'


def _escaped(char: str) -> str:
    if char in _ESCAPES:
        return _ESCAPES[char]
    code = ord(char)
    return (
        f"\\x{code:02X}" if code < 256 else f"\\u{code:04X}" if code < 65536 else f"\\U{code:08X}"
    )
