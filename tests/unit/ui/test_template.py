"""Templates of ``--format``, with what Docker Compose 2.40 prints for them."""

from __future__ import annotations

import msgspec
import pytest

from composer.errors import ComposerError
from composer.ui.template import show

HEADINGS = {"Name": "NAME", "State": "STATE"}


class Port(msgspec.Struct):
    URL: str
    PublishedPort: int


ROW = {
    "Name": "app-web-1",
    "State": "running",
    "ExitCode": 0,
    "Publishers": [Port("127.0.0.1", 8080), Port("", 81)],
    "Label": {"com.docker.compose.service": "web"}.get,
}


def line(template: str) -> str:
    return show(template, [ROW], HEADINGS).removesuffix("\n")


@pytest.mark.parametrize(
    ("template", "printed"),
    [
        ("{{.Name}}", "app-web-1"),
        ("{{ .Name }}: {{.ExitCode}}", "app-web-1: 0"),
        (r"{{.Name}}\t{{.State}}\n", "app-web-1\trunning\n"),
        ('{{.Label "com.docker.compose.service"}}', "web"),
        (
            "{{json .Name}} {{json .Publishers}}",
            '"app-web-1" [{"URL":"127.0.0.1","PublishedPort":8080},{"URL":"","PublishedPort":81}]',
        ),
        ("{{.Publishers}}", "[{127.0.0.1 8080} { 81}]"),
        ("{{range .Publishers}}{{.URL}}:{{.PublishedPort}};{{end}}", "127.0.0.1:8080;:81;"),
        ("{{range .Publishers}}{{$.Name}} {{end}}", "app-web-1 app-web-1 "),
        ("{{(index .Publishers 0).PublishedPort}}", "8080"),
        ('{{if eq .State "running"}}R{{else}}N{{end}}', "R"),
        ("{{if .ExitCode}}bad{{else if .Name}}good{{end}}", "good"),
        ('{{if and .Name (not .ExitCode) (ne .State "exited")}}yes{{end}}', "yes"),
        ('{{upper .Name}} {{lower "ABC"}} {{title "abc"}}', "APP-WEB-1 abc Abc"),
        ('{{join (split .Name "-") "/"}} {{truncate .Name 3}}', "app/web/1 app"),
        ("{{pad .Name 2 3}}|{{len .Name}}", "  app-web-1   |9"),
        ('{{.Name | upper | printf "%q %s" .State}}', '"running" APP-WEB-1'),
        ('{{printf "%-12s|%03d%%" .Name .ExitCode}}', "app-web-1   |000%"),
        ("{{println .Name .ExitCode}}{{print .Name .ExitCode 1}}", "app-web-1 0\napp-web-10 1"),
        ("a {{- .Name -}} b{{/* nothing */}}{{`}}`}}", "aapp-web-1b}}"),
    ],
)
def test_prints_what_docker_compose_prints(template: str, printed: str) -> None:
    assert line(template) == printed


def test_a_table_has_headings_and_aligned_columns() -> None:
    template = (
        r'table {{.Name}}\t{{upper .State}}\t{{.ExitCode}}\t{{.Label "com.docker.compose.service"}}'
    )
    assert show(template, [ROW], HEADINGS) == (
        "NAME        STATE     <no value>   service\napp-web-1   RUNNING   0            web\n"
    )


def test_a_plain_table_has_the_usual_columns() -> None:
    assert show("table", [ROW], HEADINGS, fields=("State", "Name")) == (
        "STATE     NAME\nrunning   app-web-1\n"
    )
    assert show("table", [], HEADINGS, fields=("State", "Name")) == "STATE     NAME\n"


def test_json_is_one_object_a_line_without_functions() -> None:
    assert msgspec.json.decode(show("json", [ROW], {})) == {
        "Name": "app-web-1",
        "State": "running",
        "ExitCode": 0,
        "Publishers": [
            {"URL": "127.0.0.1", "PublishedPort": 8080},
            {"URL": "", "PublishedPort": 81},
        ],
    }
    assert line("{{json .}}") == line("json")


def test_control_sequences_of_values_are_shown_escaped() -> None:
    assert show("{{.Name}}", [{"Name": "a\x1b[2J"}], {}) == "a\\x1b[2J\n"


@pytest.mark.parametrize(
    ("template", "told"),
    [
        ("{{.Nope}}", [".Nope", ".Name, .State, .ExitCode, .Publishers, .Label"]),
        ("table {{.Nope}}", [".Nope", ".Name"]),
        ("{{.Name.First}}", [".First", "'app-web-1'"]),
        ("yaml", ["'yaml'", "table, json"]),
        ("{{.Name", ["not closed"]),
        ("{{if .Name}}", ["{{if}}", "{{end}}"]),
        ("{{end}}", ["belongs to nothing"]),
        ("{{fancy .Name}}", ["fancy", "upper"]),
        ("{{upper}}", ["cannot apply the template"]),
        ("{{.Label}}", ["cannot apply the template"]),
        ("{{upper .ExitCode}}", ["cannot apply the template"]),
        ('{{.Name "x"}}', ["takes no arguments"]),
        ("{{(.Name}}", ["( is not closed"]),
        ("{{.Name | }}", ["a command is missing"]),
        ("{{}}", ["a command is missing"]),
        ("{{.Name ~}}", ["~"]),
        ("{{range .Name}}{{end}}", ["range"]),
        ('{{printf "%s"}}', ["too few values"]),
    ],
)
def test_mistakes_are_told_with_what_there_is(template: str, told: list[str]) -> None:
    with pytest.raises(ComposerError) as caught:
        show(template, [ROW], HEADINGS)
    for part in told:
        assert part in str(caught.value)


def test_a_template_is_read_even_if_there_is_nothing_to_show() -> None:
    with pytest.raises(ComposerError):
        show("{{.Name", [], HEADINGS)
    assert show("{{.Nope}}", [], HEADINGS) == ""
