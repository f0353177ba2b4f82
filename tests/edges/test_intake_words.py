"""Every command has one path, and every refusal has words."""

from services.intake.api.paths import COLLECTIONS
from services.intake.app import MESSAGES
from services.intake.domain.refusals import IntakeRejection
from shared.contracts.naming import Language
from shared.contracts.rejection import Rejection
from shared.contracts.unreadable import Flaw
from shared.runtime.catalogue import OWN, Catalogue


def test_every_command_has_a_path_of_its_own() -> None:
    paths = [path for one in COLLECTIONS for path in (one.first, *one.paths.values()) if path]
    commands = [path.command for path in paths]

    assert len(commands) == len(set(commands))


def refusals(root: type[Rejection]) -> set[str]:
    below = root.__subclasses__()
    own = {one.code for one in below if "code" in vars(one)}
    return own.union(*(refusals(one) for one in below))


def test_every_refusal_has_words_in_both_languages() -> None:
    catalogue = Catalogue.read(OWN, MESSAGES)

    for language in Language:
        assert refusals(IntakeRejection) | set(Flaw) <= catalogue.codes(language)
    assert catalogue.codes(Language.ZH_CN) == catalogue.codes(Language.EN)
