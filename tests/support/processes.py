"""The processes that a record of the local stack names."""

from deploy.stack.journal import Process, StackRecord


def processes(record: StackRecord) -> list[Process]:
    return [part.process for part in record.parts.values() if part.process is not None]
