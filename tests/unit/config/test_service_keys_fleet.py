"""How other machines reach the hub, as a site file says it."""

from pathlib import Path

import pytest

from passerby.config.service import service_site
from passerby.domain.errors import SiteFileError
from passerby.domain.service import FleetPlan


def fleet(text: str) -> FleetPlan | None:
    return service_site(f"fleet: {text}\n", "site.yaml", Path("/site"), {}).plan.fleet


def test_without_the_key_there_are_no_other_machines() -> None:
    assert service_site("data: kept\n", "site.yaml", Path("/site"), {}).plan.fleet is None


def test_the_hub_listens_on_all_addresses_at_the_port_of_its_address() -> None:
    assert fleet("{address: 'hub.example:8443'}") == FleetPlan("0.0.0.0:8443", ("hub.example:8443",), 2_500_000)
    assert fleet("{address: ['a:1', 'b:2']}") == FleetPlan("0.0.0.0:1", ("a:1", "b:2"), 2_500_000)
    assert fleet("{address: '[fd00::1]:1', listen: '[::]:9', node_mbit_s: 0.8}") == FleetPlan(
        "[::]:9", ("[fd00::1]:1",), 100_000
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{address: hub.example}", "fleet.address: 'hub.example': host and port are needed"),
        ("{address: ['a:1', b]}", "fleet.address: 'b': host and port are needed"),
        ("{address: []}", "fleet.address: one address, or a list of 1 to 4 is needed"),
        ("{address: ['a:1', 'a:2', 'a:3', 'a:4', 'a:5']}", "fleet.address: one address, or a list of 1 to 4"),
        ("{address: 'hub.example:0'}", "host and port are needed"),
        (
            "{address: 'hub.example:8443', listen: 'hub.example:8443'}",
            "fleet.listen: an address of this machine is needed",
        ),
        ("{address: 'hub.example:8443', node_mbit_s: 0}", "fleet.node_mbit_s"),
        ("{listen: '0.0.0.0:8443'}", "fleet.address"),
    ],
)
def test_what_no_machine_could_use_is_refused_where_it_stands(text: str, words: str) -> None:
    with pytest.raises(SiteFileError) as caught:
        fleet(text)
    assert "site.yaml:1" in str(caught.value)
    assert words in str(caught.value)
