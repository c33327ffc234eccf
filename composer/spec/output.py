"""Prints a canonical mapping as Docker Compose does: YAML in the schema's order, or JSON.

With ``escape`` dollar signs are doubled, so that what was printed means the same when it is
loaded. What was not interpolated is printed without.
"""

from __future__ import annotations

import re
from typing import Any

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
    text = json.dumps(shown, indent=2, ensure_ascii=False)
    return text.replace("$", "$$") if escape else text


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


_WORDS = re.compile(
    r"(?:~|null|true|false|yes|no|on|off|y|n|\.nan|[+-]?\.inf|<<|=)\Z", re.IGNORECASE
)
_NUMBER = re.compile(
    r"[-+]?(?:0b[01_]+|0o[0-7_]+|0x[0-9a-f_]+|\.[0-9_]+(?:e[-+]?[0-9]+)?"
    r"|[0-9][0-9_]*(?::[0-5]?[0-9])*(?:\.[0-9_]*)?(?:e[-+]?[0-9]+)?)\Z"
    r"|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt\s].*)?\Z",
    re.IGNORECASE,
)
"""What YAML 1.1 or 1.2 reads as a number, a time or a date."""
_INDICATORS = re.compile(r"[,\[\]{}#&*!|>'\"%@`]|[-?:](?:\s|\Z)|(?:---|\.\.\.)(?:\s|\Z)")
_BROKEN = re.compile(r":(?:\s|\Z)|\s#|\s\Z|\A\s")


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
    """Whether a literal block gives the text back."""
    return (
        all(char.isprintable() or char in "\n\t" for char in text)
        and not text.startswith((" ", "\n", "\t"))
        and text.strip("\n") != ""
    )


def _block(text: str, indent: str) -> str:
    ending = "-" if not text.endswith("\n") else "+" if text.endswith("\n\n") else ""
    body = text if text.endswith("\n") else text + "\n"
    inner = "".join(f"{indent}  {line}\n" if line else "\n" for line in body[:-1].split("\n"))
    return f"|{ending}\n{inner}"


def _scalar(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(value)
    return _text(value)


def _text(text: str) -> str:
    if not text:
        return '""'
    if not text.isprintable() or _WORDS.match(text) or _NUMBER.match(text):
        return _quoted(text)
    if _INDICATORS.match(text) or _BROKEN.search(text):
        return "'" + text.replace("'", "''") + "'"
    return text


_ESCAPES = {"\n": "\\n", "\t": "\\t", "\r": "\\r", "\\": "\\\\", '"': '\\"'}


def _quoted(text: str) -> str:
    """The text in double quotes, with what cannot be printed escaped."""
    return f'"{"".join(map(_escaped, text))}"'


def _escaped(char: str) -> str:
    if char in _ESCAPES:
        return _ESCAPES[char]
    if char.isprintable():
        return char
    code = ord(char)
    return (
        f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}" if code < 65536 else f"\\U{code:08x}"
    )
