"""``python -m services.intake``: the API, the gateway and the inbox, until told to stop."""

import sys
from functools import partial

from services.intake.app import live
from services.intake.settings import IntakeSettings
from shared.runtime.lifecycle import run
from shared.runtime.settings import load_settings
from shared.web.gate import AuthSettings

if __name__ == "__main__":
    settings, auth = load_settings(IntakeSettings), load_settings(AuthSettings)
    sys.exit(run("intake", partial(live, settings, auth)))
