"""Who may speak of what."""

import pytest
from pydantic import ValidationError

from shared.contracts.registry import FACTS
from shared.policy.publisher import Publisher, matches, registered

ACCEPTED = "casetrack.intake.application.accepted.v1"
ALERT = "casetrack.supervision.alert.raised.v1"
CONCLUDED = "casetrack.inspection.visit.concluded.v1"


def may_speak(publisher: str, source: str, type_: str) -> bool:
    register = registered(trial=True)
    return register.may_speak(register.by_id[publisher], source, type_)


def test_the_trial_publisher_speaks_from_any_source_but_ours() -> None:
    assert may_speak("trial", "urn:example:school", ACCEPTED)
    assert not may_speak("trial", "urn:casetrack:610102:intake", ACCEPTED)
    assert not may_speak("trial", "URN:CaseTrack:610102:intake", ACCEPTED)
    assert not may_speak("trial", "urn:casetrack:610103:intake", ACCEPTED)


def test_nobody_else_speaks_of_our_alerts() -> None:
    for publisher in registered(trial=True).publishers:
        assert not may_speak(publisher.id, "urn:example:school", ALERT)
        assert not may_speak(publisher.id, f"{publisher.sources[0]}one", ALERT)


def test_the_inspection_app_speaks_of_inspections_alone() -> None:
    source = "urn:xincheng:inspection-app:pad-7"

    assert may_speak("inspection-app", source, CONCLUDED)
    assert not may_speak("inspection-app", source, ACCEPTED)
    assert not may_speak("inspection-app", "urn:shaanxi:qinwuyuan:1", CONCLUDED)


def test_a_source_belongs_to_its_closest_publisher() -> None:
    closest = registered(trial=True).speaking_from("urn:casetrack:import:receipt")
    anybody = registered(trial=True).speaking_from("urn:example:school")

    assert closest is not None
    assert anybody is not None
    assert (closest.id, anybody.id) == ("importer", "trial")
    assert registered(trial=True).speaking_from("urn:casetrack:610102:intake") is None


def test_the_shipped_register_has_nobody_who_speaks_from_everywhere() -> None:
    assert registered().speaking_from("urn:example:school") is None


def test_every_pattern_of_the_shipped_register_is_that_of_a_type() -> None:
    patterns = [one for entry in registered().publishers for one in entry.types]

    assert [one for one in patterns if not any(matches((one,), kind) for kind in FACTS)] == []


def test_a_prefix_that_could_run_on_into_another_name_is_refused() -> None:
    with pytest.raises(ValidationError, match="ends with"):
        Publisher(id="a", name="甲", sources=("urn:example:hall",), types=("casetrack.*",))
