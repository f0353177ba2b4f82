"""Which topics other systems write to."""

import pytest

from shared.contracts.registry import INBOX, Owner, inbox_of, is_inbox


@pytest.mark.parametrize("topic", [INBOX, inbox_of("hall-terminal")])
def test_the_common_inbox_is_one_and_each_publishers_own(topic: str) -> None:
    assert is_inbox(topic)


@pytest.mark.parametrize("topic", [*(owner.topic for owner in Owner), f"{INBOX}0", f"dlq.{INBOX}"])
def test_what_owners_say_and_what_was_refused_lies_in_none(topic: str) -> None:
    assert not is_inbox(topic)
