"""A process shows its own measures, none that nobody has declared, and none about anybody."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from prometheus_client import REGISTRY
from prometheus_client.parser import text_string_to_metric_families

from shared.kafka.access import KafkaAccess, Security
from shared.policy.rules import shipped
from shared.runtime import measures
from shared.runtime.measures import (
    CATALOGUE,
    LABELS,
    OF_THE_LIBRARY,
    LabelUnbounded,
    Scraped,
    exposition,
    told_by,
)
from tests.support.certificates import LASTS, Authority

ABOUT_SOMEBODY = {"case", "case_no", "dossier", "subject", "person", "actor", "principal", "id"}


@pytest.mark.parametrize("process", Scraped)
def test_a_process_shows_its_own_measures_alone(process: Scraped) -> None:
    told = {one.name for one in told_by(process)}

    shown = shown_in(exposition(process).decode())

    assert shown
    assert shown <= told


def test_whatever_our_code_measures_is_in_the_catalogue() -> None:
    ours = {
        family.name + ("_total" if family.type == "counter" else "")
        for family in REGISTRY.collect()
        if family.name.startswith("casetrack_")
    }

    assert ours == {*CATALOGUE}


def test_every_measure_names_who_tells_it() -> None:
    assert all(one.told_by and one.meaning for one in (*CATALOGUE.values(), *OF_THE_LIBRARY))


def test_no_label_is_about_a_case_or_a_person() -> None:
    used = {label for one in CATALOGUE.values() for label in one.labels}

    assert used == {*LABELS}
    assert not used & ABOUT_SOMEBODY


def test_a_label_that_nobody_has_bounded_is_refused() -> None:
    with pytest.raises(LabelUnbounded):
        measures._gauge("casetrack_toy", measures.MeasureUnit.EVENTS, "A toy", "case_no")  # noqa: SLF001

    assert "casetrack_toy" not in CATALOGUE


def test_a_certificate_is_measured_until_when_it_is_valid(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    ours = authority.issue("casetrack-relay")
    before = datetime.now(UTC).timestamp()  # noqa: TID251 - certificates are of this day

    KafkaAccess("kafka:9093", Security.SSL, authority.certificate, ours.both).context()

    for use in ("kafka_authority", "kafka_client"):
        expires = REGISTRY.get_sample_value(
            "casetrack_certificate_expires_timestamp_seconds", {"use": use}
        )
        assert expires is not None
        assert before < expires <= before + LASTS.total_seconds() + 60


def test_the_hall_stands_still_while_it_is_closed() -> None:
    rules, noon = shipped(), datetime(2024, 9, 2, 2, 0, tzinfo=UTC)  # ten o'clock on a Monday
    saturday = datetime(2024, 9, 7, 2, 0, tzinfo=UTC)

    assert rules.hall_seconds(noon + timedelta(hours=1)) - rules.hall_seconds(noon) == 3600
    assert rules.hall_seconds(saturday + timedelta(hours=9)) == rules.hall_seconds(saturday)


def shown_in(text: str) -> set[str]:
    """Return the names of the families in *text*, as the catalogue calls them."""
    return {
        family.name + ("_total" if family.type == "counter" else "")
        for family in text_string_to_metric_families(text)
        if family.samples
    }
