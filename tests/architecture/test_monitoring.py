"""What operations watch by is of what we measure: rules, routes, charts; each alert has a page."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.dashboards import DASHBOARDS, files
from shared.runtime.measures import CATALOGUE, LABELS, OF_THE_LIBRARY, Scraped

ROOT = Path(__file__).parents[2]
MONITORING = ROOT / "deploy" / "monitoring"
RULES = MONITORING / "rules" / "casetrack.yaml"
TRIED = MONITORING / "tests" / "casetrack.yaml"
ALERTMANAGER = MONITORING / "alertmanager.yaml"
COMPOSE = MONITORING / "compose.yaml"
RUNBOOK = ROOT / "docs" / "runbook.md"
SECONDS_MAX = 120
SEVERITIES = {"warning", "critical"}
OF_A_SCRAPE = {"job", "instance", "process", "le"}
"""Labels that are Prometheus' own, or that a scrape gives."""

NAME = re.compile(r"\b(?:casetrack|process)_[a-z_]+\b")
RECORDED = re.compile(r"\bcasetrack:[a-z_:]+")
TEXT = re.compile(r'"[^"]*"')
MATCHED = re.compile(r"([a-z_]+)\s*(?:=~|!~|!=|=)\s*\"")
GROUPED = re.compile(r"\b(?:by|on|unless on|group_left)\s*\(([^()]*)\)")

Rule = dict[str, Any]


def rules() -> list[Rule]:
    groups = yaml.safe_load(RULES.read_text(encoding="utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def alerts() -> list[Rule]:
    return [rule for rule in rules() if "alert" in rule]


def expressions() -> Iterator[tuple[str, str]]:
    """Yield every expression, and where it stands."""
    for rule in rules():
        yield rule.get("alert") or rule["record"], rule["expr"]
    for dashboard in DASHBOARDS:
        for panel in dashboard.panels:
            yield f"{dashboard.uid}: {panel.title}", panel.expr


MEASURES = {
    sample: measure
    for measure in (*CATALOGUE.values(), *OF_THE_LIBRARY)
    for sample in measure.samples
}


@pytest.mark.parametrize(("place", "expression"), [*expressions()])
def test_an_expression_is_of_what_is_declared(place: str, expression: str) -> None:
    bare = TEXT.sub('""', expression)
    measured = set(NAME.findall(bare))
    recorded = {rule["record"] for rule in rules() if "record" in rule}

    assert measured <= MEASURES.keys(), place
    assert set(RECORDED.findall(bare)) <= recorded, place
    assert labels_in(expression) <= {*LABELS, *OF_A_SCRAPE, *labels_of(measured)}, place


def test_every_measure_is_drawn() -> None:
    drawn = {
        MEASURES[name].name
        for dashboard in DASHBOARDS
        for panel in dashboard.panels
        for name in NAME.findall(TEXT.sub('""', panel.expr))
    }

    assert drawn >= CATALOGUE.keys()


def test_the_dashboards_are_those_of_their_description() -> None:
    stale = [path.name for path, text in files() if path.read_text(encoding="utf-8") != text]

    assert stale == [], "run: python -m deploy.dashboards"


def test_every_alert_says_how_bad_it_is_in_both_languages_and_what_to_do() -> None:
    pages = {heading.casefold() for heading in headings(RUNBOOK)}

    for rule in alerts():
        told = rule["annotations"]
        assert rule["labels"]["severity"] in SEVERITIES, rule["alert"]
        assert told["summary"], rule["alert"]
        assert re.search(r"[\u4e00-\u9fff]", told["summary_zh"]), rule["alert"]
        assert told["runbook"] == f"docs/runbook.md#{rule['alert'].casefold()}"
        assert rule["alert"].casefold() in pages


def test_the_runbook_has_no_page_for_an_alert_that_is_gone() -> None:
    assert headings(RUNBOOK) == list(dict.fromkeys(rule["alert"] for rule in alerts()))


def test_every_alert_is_tried() -> None:
    tried = re.findall(r'alertname="(\w+)"', TRIED.read_text(encoding="utf-8"))

    assert {rule["alert"] for rule in alerts()} <= set(tried)


def test_who_is_told_is_known_and_every_alert_that_is_named_exists() -> None:
    document = yaml.safe_load(ALERTMANAGER.read_text(encoding="utf-8"))
    receivers = {receiver["name"] for receiver in document["receivers"]}
    routes = [document["route"], *document["route"]["routes"]]
    named = re.findall(r'alertname=~?"([\w|]+)"', ALERTMANAGER.read_text(encoding="utf-8"))

    assert {route["receiver"] for route in routes} == receivers
    assert {one for names in named for one in names.split("|")} <= {
        rule["alert"] for rule in alerts()
    }


def test_every_process_is_scraped_where_it_listens() -> None:
    services = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text(encoding="utf-8"))[
        "services"
    ]
    scraped = {
        name: found["port"]
        for found in scrape_config()["scrape_configs"][0]["dns_sd_configs"]
        for name in found["names"]
    }

    assert {*scraped} == {process.value for process in Scraped}
    for name, port in scraped.items():
        told = services[name]["environment"]
        assert port in [value for key, value in told.items() if key.endswith("_PORT")], name


def test_prometheus_takes_rules_and_their_tests() -> None:
    promtool = tool("promtool")

    assert complaints(promtool, "check", "rules", RULES) == ""
    assert complaints(promtool, "test", "rules", TRIED) == ""


def test_prometheus_takes_the_scrape_config(tmp_path: Path) -> None:
    config = scrape_config() | {"rule_files": [str(RULES)]}
    path = tmp_path / "prometheus.yaml"
    path.write_text(yaml.safe_dump(config), encoding="utf-8")

    assert complaints(tool("promtool"), "check", "config", "--syntax-only", path) == ""


def test_alertmanager_takes_the_routes_and_wakes_the_right_one() -> None:
    amtool = tool("amtool")
    route = ("config", "routes", "test", f"--config.file={ALERTMANAGER}")

    assert complaints(amtool, "check-config", ALERTMANAGER) == ""
    assert complaints(amtool, *route, "--verify.receivers=duty", "severity=critical") == ""
    assert complaints(amtool, *route, "--verify.receivers=office", "severity=warning") == ""


def headings(page: Path) -> list[str]:
    return re.findall(r"^## (\w+)$", page.read_text(encoding="utf-8"), re.MULTILINE)


def labels_in(expression: str) -> set[str]:
    grouped = GROUPED.findall(expression)
    return {
        *MATCHED.findall(expression),
        *(label.strip() for labels in grouped for label in labels.split(",") if label.strip()),
    }


def labels_of(names: set[str]) -> set[str]:
    return {label for name in names for label in MEASURES[name].labels}


def scrape_config() -> dict[str, Any]:
    """Return Prometheus' configuration as Compose hands it over, each variable at its default."""
    document = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))
    text = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", document["configs"]["prometheus"]["content"])
    found: dict[str, Any] = yaml.safe_load(text)
    return found


def tool(name: str) -> str:
    path = shutil.which(name)
    if path is None:
        pytest.skip(f"{name} not found")
    return path


def complaints(*command: str | Path) -> str:
    """Return what a checker says of what it is given; nothing where all is well."""
    done = subprocess.run(
        [*map(str, command)], check=False, capture_output=True, text=True, timeout=SECONDS_MAX
    )
    return "" if done.returncode == 0 else f"{done.stdout}\n{done.stderr}"
