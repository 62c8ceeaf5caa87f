"""The alerts that a scenario's SLO brings, by name."""

from collections.abc import Iterator

from sim.scenario.model import BurnAlert, Scenario


def alert_name(endpoint: str, alert: BurnAlert) -> str:
    """How an alert calls itself."""
    return f"{endpoint}: error budget burns {alert.burn:g} times too fast"


def every_alert(scenario: Scenario) -> Iterator[tuple[str, str, BurnAlert]]:
    """Name, endpoint and rule of every alert for every endpoint."""
    for alert in scenario.slo.alerts if scenario.slo is not None else ():
        for service in scenario.services.values():
            for endpoint in service.endpoints:
                yield alert_name(endpoint, alert), endpoint, alert
