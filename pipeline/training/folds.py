"""Cross-fitting: no model may learn from the output of another one that has read the same article.

Annotated articles are in parts, told apart by their ids. Each training that another one builds upon
can write models that have not seen one part each, to read the articles of that part. Articles that
are made alike, such as those of one template, have ids that are equal up to a ``#``: they are in
one part, and held back together.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from spacy.language import Language

from pipeline.errors import InputNotFound
from pipeline.stages.attributions import network
from pipeline.stages.attributions.network import AttributionNetwork
from pipeline.stages.attributions.stage import Attributions

FOLDS = 3
"""Number of parts."""


def group_of(id: str) -> str:
    """Return what the ids of articles that are made alike have in common.

    >>> group_of("dialogue_1_group4#00012"), group_of("wn_2019-01-05_fire")
    ('dialogue_1_group4', 'wn_2019-01-05_fire')
    """
    return id.partition("#")[0]


def part_of(id: str) -> int:
    """Return the part that an article belongs to by its id."""
    return int(hashlib.sha256(group_of(id).encode()).hexdigest(), 16) % FOLDS


def fold_of(row: Mapping[str, Any]) -> int | None:
    """Return the part of an article that is annotated in full; other texts belong to none."""
    return part_of(str(row["id"])) if "entities" in row else None


def folders_of(folds: Path, file: str, training: str) -> list[Path]:
    """Return the folders of the models of a folder, by the part that each has not seen.

    Raises ``InputNotFound`` where one has no ``file``.
    """
    found = [folds / str(number) for number in range(FOLDS)]
    for folder in found:
        if not (folder / file).exists():
            hint = f"make it with: pipeline train {training} --folds FOLDER"
            raise InputNotFound("no models of parts", where=str(folder), hint=hint)
    return found


def networks_of(folds: Path | None) -> list[AttributionNetwork]:
    """Return the networks of attributions of a folder, none without one; see ``folders_of``."""
    if folds is None:
        return []
    return [AttributionNetwork(one) for one in folders_of(folds, network.CONFIG, "attributions")]


class Unseen:
    """Gives a pipeline the network of attributions that has not seen an article."""

    def __init__(self, nlp: Language, networks: Sequence[AttributionNetwork]) -> None:
        stage = nlp.get_pipe("news_attributions")
        assert isinstance(stage, Attributions)
        self.nlp, self.stage, self.own, self.networks = nlp, stage, stage.network, networks

    def prepare(self, row: Mapping[str, Any]) -> None:
        """Make the pipeline ready to read a row."""
        fold = fold_of(row)
        folded = fold is not None and self.networks
        self.stage.network = self.networks[fold] if folded else self.own  # type: ignore[index]
