"""The catalogue, read as linked data."""

import json
import warnings
from typing import Any

import pytest

from passerby.publish.open_data.catalogue import CatalogueTimes, catalogue
from tests.unit.publish.published_numbers import DESCRIPTION

TIMES = CatalogueTimes("2026-11-01T00:00:00Z", "2026-12-03T10:00:00Z", ("2026-11", "2026-12"))

MANDATORY = {
    # DCAT-AP 3.0 and, after the first, what mobilityDCAT-AP 1.1 asks for beyond it (its section 8, its SHACL shapes).
    "dcat:Catalog": {"dct:title", "dct:description", "dct:publisher", "dcat:dataset",
                     "foaf:homepage", "dcat:record", "dct:spatial"},
    "dcat:CatalogRecord": {"dct:modified", "foaf:primaryTopic", "dct:created", "dct:language"},
    "dcat:Dataset": {"dct:title", "dct:description", "dcat:distribution", "dct:publisher",
                     "dct:accrualPeriodicity", "dct:spatial", "mobilitydcatap:mobilityTheme"},
    "dcat:Distribution": {"dcat:accessURL", "dct:format", "dct:rights", "mobilitydcatap:mobilityDataStandard"},
    "dcat:DataService": {"dcat:endpointURL", "dct:title"},
    "foaf:Agent": {"foaf:name"},
    "vcard:Kind": {"vcard:fn", "vcard:hasEmail"},
}  # fmt: skip


@pytest.fixture(scope="module")
def graph() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its own, of what it imports
        import rdflib

        made = catalogue(DESCRIPTION, TIMES, ["/sensorthings/v1.1"])
        return rdflib.Graph().parse(data=json.dumps(made), format="json-ld")


@pytest.mark.parametrize("kind", MANDATORY)
def test_everything_that_the_profiles_ask_for_is_there(graph: Any, kind: str) -> None:
    from rdflib import RDF

    found = list(graph.subjects(RDF.type, graph.namespace_manager.expand_curie(kind)))
    assert found
    for one in found:
        has = {
            graph.namespace_manager.curie(each, generate=False) for each in graph.predicates(one) if curied(graph, each)
        }
        assert MANDATORY[kind] - has == set()


def curied(graph: Any, address: Any) -> bool:
    try:
        graph.namespace_manager.curie(address, generate=False)
    except KeyError:
        return False
    return True


def test_dates_are_dates_and_addresses_are_addresses(graph: Any) -> None:
    from rdflib import DCAT, DCTERMS, Literal, URIRef

    for one in graph.objects(predicate=DCTERMS.modified):
        assert isinstance(one, Literal)
        assert not one.ill_typed
    assert all(isinstance(one, URIRef) for one in graph.objects(predicate=DCAT.downloadURL))


def test_each_month_has_its_files_and_the_licence(graph: Any) -> None:
    from rdflib import DCAT, DCTERMS, URIRef

    files = {str(one) for one in graph.objects(predicate=DCAT.downloadURL)}
    assert len(files) == 3 + 2 * 3
    assert "https://count.example.org/open/2026-11/counts.parquet" in files
    licence = URIRef("https://creativecommons.org/licenses/by/4.0/")
    assert all((URIRef(one), DCTERMS.license, licence) in graph for one in files)
