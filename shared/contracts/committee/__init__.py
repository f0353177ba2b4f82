"""The review committee (审批评审委员会): its facts and their words."""
