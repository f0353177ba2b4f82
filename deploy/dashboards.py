"""
The dashboards of operations, as Grafana reads them: one description, one file for each.

``python -m deploy.dashboards`` writes them to `deploy/monitoring/grafana/dashboards`.
"""

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.stack.places import CHECKOUT

FOLDER = CHECKOUT / "deploy" / "monitoring" / "grafana" / "dashboards"
SOURCE = {"type": "prometheus", "uid": "casetrack"}
COLUMNS = 24
WIDTH, HEIGHT = 8, 7
ACROSS = COLUMNS // WIDTH
SECONDS, PER_SECOND, COUNT, BYTES, SHARE = "s", "ops", "none", "bytes", "percentunit"


@dataclass(frozen=True, slots=True)
class Panel:
    """One chart: what is drawn, in which unit, and what tells its lines apart."""

    title: str
    expr: str
    legend: str
    unit: str = COUNT
    troubled: float | None = None
    """From here on it is drawn in red."""


@dataclass(frozen=True, slots=True)
class Dashboard:
    """One page of charts, for one question."""

    uid: str
    title: str
    panels: Sequence[Panel]

    def document(self) -> dict[str, Any]:
        """Return it in Grafana's words."""
        return {
            "uid": self.uid,
            "title": self.title,
            "tags": ["casetrack"],
            "timezone": "Asia/Shanghai",
            "refresh": "15s",
            "time": {"from": "now-3h", "to": "now"},
            "schemaVersion": 39,
            "editable": False,
            "panels": [_chart(number, panel) for number, panel in enumerate(self.panels)],
        }


def _chart(number: int, panel: Panel) -> dict[str, Any]:
    row, column = divmod(number, ACROSS)
    steps: list[dict[str, Any]] = [{"color": "green", "value": None}]
    if panel.troubled is not None:
        steps.append({"color": "red", "value": panel.troubled})
    return {
        "id": number + 1,
        "type": "timeseries",
        "title": panel.title,
        "datasource": SOURCE,
        "gridPos": {"x": column * WIDTH, "y": row * HEIGHT, "w": WIDTH, "h": HEIGHT},
        "fieldConfig": {
            "defaults": {
                "unit": panel.unit,
                "min": 0,
                "thresholds": {"mode": "absolute", "steps": steps},
                "custom": {
                    "thresholdsStyle": {"mode": "off" if panel.troubled is None else "line"}
                },
            },
            "overrides": [],
        },
        "targets": [
            {"refId": "A", "expr": panel.expr, "legendFormat": panel.legend, "datasource": SOURCE}
        ],
    }


def _slowest(measure: str, share: float, by: str = "") -> str:
    labels = f"le, {by}" if by else "le"
    return f"histogram_quantile({share}, sum by ({labels}) (rate({measure}_bucket[5m])))"


WAY = Dashboard(
    "casetrack-way",
    "事件之路 · The way of an event",
    (
        Panel(
            "网关收件 · Events taken in",
            "sum by (result) (rate(casetrack_events_ingested_total[1m]))",
            "{{result}}",
            PER_SECOND,
        ),
        Panel(
            "收件耗时 · Time to take one delivery in",
            _slowest("casetrack_event_ingest_seconds", 0.99),
            "99 %",
            SECONDS,
        ),
        Panel(
            "各发布方 · Events by publisher",
            "sum by (publisher) (rate(casetrack_publisher_events_total[5m]))",
            "{{publisher}}",
            PER_SECOND,
        ),
        Panel(
            "发往 Kafka · Events relayed",
            "sum by (owner) (rate(casetrack_events_relayed_total[1m]))",
            "{{owner}}",
            PER_SECOND,
        ),
        Panel(
            "最久未发 · The oldest event not yet relayed",
            "max by (owner) (casetrack_relay_lag_seconds)",
            "{{owner}}",
            SECONDS,
            troubled=60,
        ),
        Panel(
            "事务阻塞 · Held back by an open transaction",
            "max by (owner) (casetrack_relay_blocked_seconds)",
            "{{owner}}",
            SECONDS,
            troubled=60,
        ),
        Panel(
            "谁在发送 · Relays that lead",
            "sum by (owner) (casetrack_relay_leads)",
            "{{owner}}",
        ),
        Panel(
            "搁置事件 · Events set aside",
            "max by (owner) (casetrack_relay_parked)",
            "{{owner}}",
            troubled=1,
        ),
        Panel(
            "待取记录 · Records that consumers have yet to take",
            "sum by (group) (casetrack_consumer_waiting_records)",
            "{{group}}",
        ),
        Panel(
            "消费者停滞 · Consumers that stand still",
            "max by (group) (casetrack_consumer_still_seconds)",
            "{{group}}",
            SECONDS,
            troubled=60,
        ),
        Panel(
            "消费者在读 · Consumers that read",
            "min by (group) (casetrack_consumer_up)",
            "{{group}}",
        ),
        Panel(
            "死信 · Dead letters",
            "sum by (topic, reason) (increase(casetrack_events_dead_lettered_total[15m]))",
            "{{topic}} {{reason}}",
            troubled=1,
        ),
        Panel(
            "各道待处理 · Records that lanes have yet to fold",
            "sum by (lane) (casetrack_lane_waiting_records)",
            "{{lane}}",
        ),
        Panel(
            "各道滞后 · How far back lanes are folded",
            "max by (lane) (casetrack_lane_lag_seconds)",
            "{{lane}}",
            SECONDS,
            troubled=60,
        ),
        Panel("实时页面 · Pages that are open", "sum(casetrack_sse_clients)", "pages"),
    ),
)

TIME = Dashboard(
    "casetrack-time",
    "时限与告知 · Time, cards, and who was told",
    (
        Panel(
            "发牌 · Cards",
            "sum by (sla, severity) (increase(casetrack_alerts_raised_total[1h]))",
            "{{sla}} {{severity}}",
        ),
        Panel(
            "发牌晚于时点 · How late cards come",
            _slowest("casetrack_timer_lateness_seconds", 0.99),
            "99 %",
            SECONDS,
            troubled=60,
        ),
        Panel(
            "等待分道的到期 · Deadlines that wait for their lane",
            "max(casetrack_cards_waiting)",
            "deadlines",
            troubled=1,
        ),
        Panel(
            "漏看的时限 · Limits that nobody would have looked at",
            "sum(increase(casetrack_dead_clocks_found_total[1h]))",
            "found",
            troubled=1,
        ),
        Panel(
            "默认期满晚记 · How late silences end",
            _slowest("casetrack_silence_lateness_seconds", 0.99),
            "99 %",
            SECONDS,
            troubled=60,
        ),
        Panel(
            "大厅开放 · The hall is open",
            "clamp_max(max(delta(casetrack_hall_seconds[5m])) / 300, 1)",
            "open",
            SHARE,
        ),
        Panel(
            "告知 · Tries to tell channels",
            "sum by (channel, outcome) (rate(casetrack_deliveries_tried_total[5m]))",
            "{{channel}} {{outcome}}",
            PER_SECOND,
        ),
        Panel(
            "通道失灵 · Channels that take nothing",
            "max by (channel) (casetrack_channel_failing)",
            "{{channel}}",
            troubled=1,
        ),
        Panel(
            "放弃告知 · Notifications given up",
            "sum(increase(casetrack_deliveries_given_up_total[1h]))",
            "given up",
            troubled=1,
        ),
        Panel(
            "未签名时长 · Time that nobody has signed",
            "max(casetrack_checkpoint_age_seconds)",
            "age",
            SECONDS,
            troubled=1800,
        ),
        Panel(
            "备份时长 · Age of the backups",
            "max by (part) (casetrack_backup_age_seconds)",
            "{{part}}",
            SECONDS,
            troubled=93_600,
        ),
        Panel(
            "与签名不符 · Books that are not what was signed",
            "max by (owner) (casetrack_chain_broken)",
            "{{owner}}",
            troubled=1,
        ),
        Panel(
            "上次全量核对 · Since the stores were read from the start",
            "max(casetrack_chain_read_age_seconds)",
            "age",
            SECONDS,
        ),
    ),
)

PROCESSES = Dashboard(
    "casetrack-processes",
    "进程与入口 · Processes and doors",
    (
        Panel(
            "应答 · Processes that answer", 'sum by (process) (up{job="casetrack"})', "{{process}}"
        ),
        Panel(
            "处理器 · Processor time",
            'sum by (process) (rate(process_cpu_seconds_total{job="casetrack"}[1m]))',
            "{{process}}",
        ),
        Panel(
            "内存 · Memory",
            'max by (process, instance) (process_resident_memory_bytes{job="casetrack"})',
            "{{process}} {{instance}}",
            BYTES,
        ),
        Panel(
            "打开文件 · Files open",
            'max by (process) (process_open_fds{job="casetrack"})'
            ' / max by (process) (process_max_fds{job="casetrack"})',
            "{{process}}",
            SHARE,
            troubled=0.8,
        ),
        Panel(
            "启动以来 · Since the start",
            'time() - max by (process, instance) (process_start_time_seconds{job="casetrack"})',
            "{{process}} {{instance}}",
            SECONDS,
        ),
        Panel(
            "证书剩余 · Until certificates expire",
            "min by (process, use) (casetrack_certificate_expires_timestamp_seconds) - time()",
            "{{process}} {{use}}",
            SECONDS,
        ),
        Panel(
            "时钟偏差 · Clocks before PostgreSQL's",
            "max by (process, instance) (casetrack_clock_difference_seconds)",
            "{{process}} {{instance}}",
            SECONDS,
        ),
        Panel(
            "请求 · Requests",
            "sum by (process, status) (rate(casetrack_request_seconds_count[1m]))",
            "{{process}} {{status}}",
            PER_SECOND,
        ),
        Panel(
            "请求耗时 · Time of requests",
            "histogram_quantile(0.99, sum by (le, process) ("
            'rate(casetrack_request_seconds_bucket{route!="/v1/stream"}[5m])))',
            "{{process}}",
            SECONDS,
            troubled=1,
        ),
        Panel(
            "拒绝 · Requests refused",
            "sum by (process, code) (rate(casetrack_access_refused_total[5m]))",
            "{{process}} {{code}}",
            PER_SECOND,
        ),
    ),
)

DASHBOARDS = (WAY, TIME, PROCESSES)


def files() -> Iterator[tuple[Path, str]]:
    """Yield each dashboard's file, and what is to stand in it."""
    for one in DASHBOARDS:
        document = json.dumps(one.document(), ensure_ascii=False, indent=2)
        yield FOLDER / f"{one.uid}.json", f"{document}\n"


def main() -> int:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for path, text in files():
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
