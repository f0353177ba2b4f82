"""``python -m services.assist``: the API and the foreign facts, until told to stop."""

import sys
from functools import partial

from services.assist.app import live
from services.assist.settings import AssistSettings
from shared.runtime.lifecycle import run
from shared.runtime.settings import load_settings
from shared.web.gate import AuthSettings

if __name__ == "__main__":
    settings, auth = load_settings(AssistSettings), load_settings(AuthSettings)
    sys.exit(run("assist", partial(live, settings, auth)))
