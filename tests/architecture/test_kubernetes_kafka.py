"""Kafka on a cluster: topics, users and workers are what they are everywhere else."""

from deploy.principals import USERS, Deed, Kind, Right, publisher_user, rights
from deploy.stack.java import COORDINATES
from services.metrics.consumer.lanes import GROUP
from shared.contracts.registry import Owner
from shared.kafka.port import PARTITIONS
from shared.kafka.topics import BUREAU_TOPICS, MESSAGE_BYTES_MAX, topic_settings, topics_of
from tests.support.plans import Document, of_kind

KINDS = {"topic": Kind.TOPIC, "group": Kind.GROUP, "transactionalId": Kind.TRANSACTIONAL_ID}


def test_every_topic_is_there_as_our_own_start_makes_it(plain: list[Document]) -> None:
    topics = of_kind(plain, "KafkaTopic")
    told = {name: one["spec"] for name, one in topics.items()}
    wanted = (*BUREAU_TOPICS, *topics_of("tax"))

    assert told == {
        name: {
            "partitions": PARTITIONS,
            "config": {
                setting: int(value) if value.lstrip("-").isdigit() else value
                for setting, value in topic_settings(name).items()
            },
        }
        for name in wanted
    }


def test_every_user_has_the_rights_of_the_table_and_no_other(plain: list[Document]) -> None:
    allowed = {
        Right(
            name,
            Deed[operation.upper()],
            KINDS[acl["resource"]["type"]],
            acl["resource"]["name"],
            acl["resource"]["patternType"] == "prefix",
        )
        for name, user in of_kind(plain, "KafkaUser").items()
        if name in USERS or name == publisher_user("tax")
        for acl in user["spec"]["authorization"]["acls"]
        for operation in acl["operations"]
    }

    assert allowed == rights(["tax"])


def test_two_users_more_look_and_neither_writes(plain: list[Document]) -> None:
    users = of_kind(plain, "KafkaUser")
    others = {
        name: {
            (operation, acl["resource"]["type"], acl["resource"]["name"])
            for acl in user["spec"]["authorization"]["acls"]
            for operation in acl["operations"]
        }
        for name, user in users.items()
        if name not in {*USERS, publisher_user("tax")}
    }

    assert {user["spec"]["authentication"]["type"] for user in users.values()} == {"tls"}
    assert others == {
        "casetrack-prepare": {
            *((right, "topic", "casetrack.") for right in ("Create", "Describe", "Read", "Delete")),
            *(
                (right, "topic", "dlq.casetrack.")
                for right in ("Create", "Describe", "Read", "Write")
            ),
            ("Read", "group", "casetrack-"),
        },
        "casetrack-keda": {
            ("Describe", "group", GROUP),
            *(("Describe", "topic", owner.topic) for owner in Owner),
        },
    }


def test_kafka_is_the_one_that_the_local_stack_runs_and_asks_who_somebody_is(
    plain: list[Document],
) -> None:
    kafka = of_kind(plain, "Kafka")["casetrack"]["spec"]["kafka"]
    (listener,) = kafka["listeners"]

    assert kafka["version"] == COORDINATES.split(":")[2].partition("!")[0]
    assert kafka["config"]["message.max.bytes"] == MESSAGE_BYTES_MAX
    assert kafka["config"]["auto.create.topics.enable"] is False
    assert kafka["authorization"] == {"type": "simple"}
    assert (listener["tls"], listener["authentication"]) == (True, {"type": "tls"})


def test_workers_follow_what_waits_and_are_never_more_than_partitions(
    plain: list[Document],
) -> None:
    scaled = of_kind(plain, "ScaledObject")["metrics-worker"]["spec"]
    told = [trigger["metadata"] for trigger in scaled["triggers"]]

    assert (scaled["minReplicaCount"], scaled["maxReplicaCount"]) == (2, PARTITIONS)
    assert [one["topic"] for one in told] == [owner.topic for owner in Owner]
    assert {one["consumerGroup"] for one in told} == {GROUP}
    assert {one["limitToPartitionsWithLag"] for one in told} == {"true"}
    assert of_kind(plain, "Deployment")["metrics-worker"]["spec"]["replicas"] <= PARTITIONS
