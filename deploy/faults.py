"""
What can stop the embedded stack; the catalogue turns each code into a line and a way out.

Fault
├── AccountMissing
├── BrowserMissing
├── BuildFailed
├── CheckoutMissing
├── ChecksumMismatch
├── DataFolderForeign
├── DiskFull
├── FolderUnsafe
├── HomeUnusable
├── InitialisationFailed
├── KafkaForeign
├── KafkaUserUnknown
├── MigrationEdited
├── PartFailed
├── PartitionsDiffer
├── PortBusy
├── ReadersAtWork
├── RebuildUnderWay
├── RegistryUnreachable
│   ├── CertificateUntrusted
│   │   └── NpmUntrusted
│   ├── NpmUnreachable
│   └── PipUnreachable
├── ServerUnreachable
│   └── ServerDistrusted
├── StillAtWork
├── StoppedMeanwhile
├── SupervisorLost
└── TopicUnmade
"""

from collections.abc import Iterator, Mapping
from typing import ClassVar

from shared.runtime import faults


class Fault(Exception):
    """The stack cannot go on; *values* fill the catalogue's text for *code*."""

    code: ClassVar[str]

    def __init__(self, **values: object) -> None:
        super().__init__(f"{self.code}: {values}")
        self.values = {name: str(value) for name, value in values.items()}


class AccountMissing(Fault):
    """PostgreSQL refuses to run as root, and there is no other account."""

    code = "account_missing"


class BrowserMissing(Fault):
    """No Chromium is installed that starts, and none is shipped for this machine."""

    code = "browser_missing"


class BuildFailed(Fault):
    """Something that we build from source could not be built."""

    code = "build_failed"


class CheckoutMissing(Fault):
    """What git knows of is asked for, and git knows of nothing here."""

    code = "checkout_missing"


class ChecksumMismatch(Fault):
    """A downloaded file is not the one that we pinned."""

    code = "checksum_mismatch"


class DataFolderForeign(Fault):
    """A data folder holds something that is not a server's data."""

    code = "data_folder_foreign"


class DiskFull(Fault):
    """Too little room for the stack's state."""

    code = "disk_full"


class FolderUnsafe(Fault):
    """A folder that we must trust belongs to somebody else."""

    code = "folder_unsafe"


class HomeUnusable(Fault):
    """The folder for the stack's state cannot be made or written."""

    code = "home_unusable"


class InitialisationFailed(Fault):
    """A server's own set-up tool gave up."""

    code = "initialisation_failed"


class KafkaForeign(Fault):
    """Nothing that lies on our topics is on record: it is somebody else's, or all that is left."""

    code = "kafka_foreign"


class KafkaUserUnknown(Fault):
    """A file among those with passwords of Kafka's users is named like none of ours."""

    code = "kafka_user_unknown"


class MigrationEdited(Fault):
    """The database was migrated with another text of a file."""

    code = "migration_edited"


class PartitionsDiffer(Fault):
    """A topic exists with another number of partitions."""

    code = "partitions_differ"


class PartFailed(Fault):
    """A part ended again and again before it was ready."""

    code = "part_failed"


class PortBusy(Fault):
    """Somebody else listens where we want to."""

    code = "port_busy"


class RebuildUnderWay(Fault):
    """Somebody else makes a second projection at this moment."""

    code = "rebuild_under_way"


class RegistryUnreachable(Fault):
    """A package registry did not answer."""

    code = "registry_unreachable"


class CertificateUntrusted(RegistryUnreachable):
    """Somebody answers for the registry, a proxy perhaps, whose certificate nobody vouches for."""

    code = "certificate_untrusted"


class NpmUntrusted(CertificateUntrusted):
    """The same of npm, which is told in another way whom to trust."""

    code = "npm_untrusted"


class NpmUnreachable(RegistryUnreachable):
    """The npm registry did not answer; its mirror is named in another way than Maven's."""

    code = "npm_unreachable"


class PipUnreachable(RegistryUnreachable):
    """The registry of Python packages did not answer, or has not what is pinned."""

    code = "pip_unreachable"


class ServerUnreachable(Fault):
    """A server named by a setting does not answer."""

    code = "server_unreachable"


class ServerDistrusted(ServerUnreachable):
    """The server is there, and it and we do not trust each other."""

    code = "server_distrusted"


class StillAtWork(Fault):
    """Kafka and the stores part, and processes of ours are at work over them."""

    code = "still_at_work"


class ReadersAtWork(Fault):
    """Somebody reads topics that are to be made anew, or sends to them."""

    code = "readers_at_work"


class StoppedMeanwhile(Fault):
    """The stack was stopped by somebody else while we needed it."""

    code = "stopped_meanwhile"


class SupervisorLost(Fault):
    """The supervisor has ended, and nobody had asked it to."""

    code = "supervisor_lost"


class TopicUnmade(Fault):
    """Kafka did not make a topic anew."""

    code = "topic_unmade"


def every_fault(kind: type[Fault] = Fault) -> Iterator[type[Fault]]:
    """Yield the kinds of fault below *kind*, those of kinds included."""
    for narrower in kind.__subclasses__():
        yield narrower
        yield from every_fault(narrower)


def first_of(failure: BaseException) -> BaseException:
    """Return what has failed, of several together: a fault rather than what it has brought down."""
    return faults.first_of(failure, preferred=Fault)


def told(record: Mapping[str, str]) -> Fault:
    """Return the fault that another process wrote down with its code and values."""
    kinds = {kind.code: kind for kind in every_fault()}
    values = {name: value for name, value in record.items() if name != "code"}
    return kinds[record["code"]](**values)
