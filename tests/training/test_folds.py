"""Cross-fitting: each article is read by a network that has not learned from it."""

from __future__ import annotations

from pathlib import Path

import pytest
from spacy.language import Language

from pipeline.errors import InputNotFound
from pipeline.manifest import own_model
from pipeline.stages.attributions.network import AttributionNetwork
from pipeline.training.folds import FOLDS, Unseen, fold_of, networks_of, part_of


def test_annotated_articles_have_a_part_by_their_id_and_other_texts_have_none() -> None:
    ids = [f"article-{number}" for number in range(30)]
    assert {part_of(id) for id in ids} == set(range(FOLDS))
    assert [fold_of({"id": id, "entities": []}) for id in ids] == [part_of(id) for id in ids]
    assert fold_of({"id": ids[0], "clusters": []}) is None


def test_an_article_is_read_by_the_network_of_its_part(nlp: Language) -> None:
    networks = [AttributionNetwork(own_model("attributions-fast")[1]) for _ in range(FOLDS)]
    unseen = Unseen(nlp, networks)
    own = unseen.own
    try:
        for number in range(9):
            row = {"id": str(number), "entities": []}
            unseen.prepare(row)
            assert unseen.stage.network is networks[part_of(row["id"])]
        unseen.prepare({"id": "0", "clusters": []})
        assert unseen.stage.network is own
    finally:
        unseen.stage.network = own


def test_without_networks_of_parts_the_pipelines_own_reads_all(nlp: Language) -> None:
    unseen = Unseen(nlp, networks_of(None))
    unseen.prepare({"id": "0", "entities": []})
    assert unseen.stage.network is unseen.own


def test_a_missing_network_of_a_part_is_an_error_that_names_the_command(tmp_path: Path) -> None:
    with pytest.raises(InputNotFound, match="no models of parts") as error:
        networks_of(tmp_path)
    assert "train attributions" in str(error.value.hint)
