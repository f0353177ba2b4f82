"""``python -m services.review``: the API and the foreign facts, until told to stop."""

import sys
from functools import partial

from services.review.app import live
from services.review.settings import ReviewSettings
from shared.runtime.lifecycle import run
from shared.runtime.settings import load_settings
from shared.web.gate import AuthSettings

if __name__ == "__main__":
    settings, auth = load_settings(ReviewSettings), load_settings(AuthSettings)
    sys.exit(run("review", partial(live, settings, auth)))
