"""The views of quotes and figures name identities once the article is linked."""

from __future__ import annotations

from pathlib import Path

from pipeline.archive.linking import link
from pipeline.output.loading import load
from tests.archive.reading import reading, who
from tests.output.samples import record


def test_quotes_and_figures_have_identities_once_linked(address: str) -> None:
    asked = {
        "v_quotes": "SELECT article_id, speaker, identity FROM v_quotes ORDER BY article_id",
        "v_figures": "SELECT article_id, holder, holder_identity FROM v_figures ORDER BY 1",
    }
    load([record("a"), record("b")], address)
    with reading(address) as store:
        for statement in asked.values():
            assert [row[2] for row in store.rows(statement)] == [None, None]
    link(address)
    identity = who(address)["a/e1"]
    with reading(address) as store:
        for statement in asked.values():
            assert store.rows(statement) == [(one, "Al Roe", identity) for one in "ab"]
        named = store.rows(
            "SELECT article_id, name, identity FROM v_identities ORDER BY article_id"
        )
        assert named == [(one, "Al Roe", identity) for one in "ab"]


def test_an_article_that_was_loaded_again_has_no_identity_until_it_is_linked(
    tmp_path: Path,
) -> None:
    address = f"sqlite:///{tmp_path}/x"
    load([record("a"), record("b")], address)
    link(address)
    load([record("a", name="Bo Roe")], address)
    asked = "SELECT article_id, identity FROM v_quotes ORDER BY article_id"
    with reading(address) as store:
        assert [row[1] is None for row in store.rows(asked)] == [True, False]
    link(address)
    with reading(address) as store:
        assert [row[1] is None for row in store.rows(asked)] == [False, False]
