"""What `docs/howto/add-an-event.md` asks for is done to a copy of the tree, and is enough."""

import json
from typing import Any

import pytest

from deploy.stack.places import CHECKOUT
from shared.contracts.handling.course import CASE
from tests.support.scratch import Scratch

HOWTO = (CHECKOUT / "docs" / "howto" / "add-an-event.md").read_text(encoding="utf-8")
FILES_MAX = 8
KIND = "casetrack.handling.note.added.v1"
GENERATED = {f"shared/contracts/schemas/{KIND}.json", "docs/reference/courses.md"}

FACT = '''class NoteAdded(CaseFact):
    """Whoever examines the case left a note for the next one (批注)."""

    TYPE: ClassVar[str] = "casetrack.handling.note.added.v1"

    text: Prose


'''
ROW = "    *stays(handling.NoteAdded, UNDER_WAY),\n"
NAMES = '  "handling.note.added": {"zh-CN": "批注", "en": "Note added"},\n'
COMMAND = '''@dataclass(frozen=True, slots=True, kw_only=True)
class AddNote(CaseCommand):
    """批注."""

    FACT: ClassVar[type[Fact]] = handling.NoteAdded

    text: Prose


'''
PATH = '            "notes": Path(case.AddNote, EXAMINERS),\n'


def taught(scratch: Scratch) -> None:
    """Teach the tree in *scratch* a note on a case that is under way, and a command for it."""
    example = json.loads(
        (CHECKOUT / "shared/contracts/examples/casetrack.handling.step.started.v1.json").read_text()
    )
    case_no = example["data"]["case_no"]
    example |= {"type": KIND, "data": {"case_no": case_no, "text": "请核对仓储条件。"}}
    handling = "shared/contracts/handling"
    scratch.insert(f"{handling}/facts.py", FACT, before="class CaseAmended(")
    scratch.insert(f"{handling}/course.py", ROW, before="    *stays(handling.HoldOpened")
    scratch.insert(
        "shared/contracts/names/facts.json", NAMES, before='  "handling.result.delivered"'
    )
    scratch.write(
        f"shared/contracts/examples/{KIND}.json",
        json.dumps(example, ensure_ascii=False, indent=2) + "\n",
    )
    commands = "services/intake/domain/case/commands.py"
    scratch.insert(commands, COMMAND, before="AnyCommand = (")
    scratch.insert(commands, "    | AddNote\n", before="    | CommitmentCommand\n")
    scratch.insert("services/intake/api/paths.py", PATH, before='            "holds": Path(')
    scratch.run("-m", "shared.contracts.publishing")
    scratch.run("-m", "deploy.reference")


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Scratch:
    tree = Scratch(tmp_path_factory.mktemp("tree"))
    taught(tree)
    return tree


@pytest.fixture(scope="module")
def way(scratch: Scratch) -> dict[str, Any]:
    said = scratch.run("-m", "tests.support.way_of_a_note")
    told: dict[str, Any] = json.loads(said.splitlines()[-1])  # behind what the service logs
    return told


def test_an_event_with_a_command_touches_eight_files_and_two_of_them_are_generated(
    scratch: Scratch,
) -> None:
    changed = scratch.changed()

    assert len(changed) <= FILES_MAX
    assert changed > GENERATED


def test_the_how_to_names_each_of_them(scratch: Scratch) -> None:
    named = {
        name.replace(KIND, "<type>").replace("/handling/", "/<family>/")
        for name in scratch.changed()
    }

    assert {name for name in named if f"`{name}`" not in HOWTO} == set()


def test_it_is_decided_as_the_course_says_and_for_whom_the_path_is_open(
    way: dict[str, Any],
) -> None:
    assert way["answers"] == ["case_not_under_way", 201, 403]


def test_it_is_folded_and_contradicts_nothing(way: dict[str, Any]) -> None:
    assert (way["phase"], way["anomalies"]) == ("ACCEPTED", 0)
    assert way["steps"][-1] == KIND


def test_it_stands_on_the_timeline_and_in_the_list_of_contracts_under_its_names(
    way: dict[str, Any],
) -> None:
    assert way["timeline"][-1] == [KIND, None]
    assert way["named"] == ["批注", "Note added"]
    assert way["listed"]


def test_its_rows_its_pairs_and_its_promises_are_tests(scratch: Scratch) -> None:
    ran = scratch.run(
        *("-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", f"AddNote or NoteAdded or {KIND}"),
        *("tests/domain/test_courses.py", "tests/contracts"),
    )

    assert int(ran.split(" passed")[0].split()[-1]) > len(CASE.states)
