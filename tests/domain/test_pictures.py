"""The pictures of many dossiers are those of each."""

from services.metrics.domain.fold import fold_all
from services.metrics.domain.picture import picture_of, pictures_of
from shared.policy.rules import shipped
from tests.support.figure_stories import STORIES


def test_many_dossiers_have_the_pictures_that_each_has_alone() -> None:
    rules = shipped()
    dossiers = {
        name: fold_all(facts[0].partitionkey, facts) for name, facts in STORIES.items() if facts
    }
    alone = {name: picture_of(one, None, rules) for name, one in dossiers.items()}

    assert pictures_of(dossiers, {}, rules) == alone
    assert pictures_of(dossiers, alone, rules) == alone
