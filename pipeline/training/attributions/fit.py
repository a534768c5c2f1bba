"""Fit the tagger: batches, epochs, checkpoints."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from pipeline.reader.session import Floats
from pipeline.stages.attributions.beliefs import TAGS
from pipeline.stages.attributions.features import Batch, batch, windows
from pipeline.stages.attributions.network import inputs
from pipeline.text.spans import TokenSpan
from pipeline.training.attributions.examples import UNSCORED, Example
from pipeline.training.attributions.model import loss
from pipeline.training.fitting import batches_by_length, descend

ONE_HOT = np.eye(len(TAGS), dtype=np.float32)
"""What a teacher would say that knows the tags: it has not learned to read inside quotations."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """How the tagger is fitted."""

    epochs: int = 8
    rate: float = 2e-3
    """The largest learning rate (AdamW with one cycle, a tenth of the steps to warm up)."""
    encoder_rate: float = 1e-4
    """The same for the last layer of an encoder, 0.85 times as much for each one below."""
    decay: float = 0.01
    link_weight: float = 0.4
    batch: int = 3000
    """Tokens of a batch, padding included."""
    without_vectors: float = 0.0
    """In so large a part of the windows the network reads no vectors of the base model, as with
    another base model; in half of these, no vectors of words either."""
    seed: int = 1


Extra = Callable[[list[tuple[Example, TokenSpan]]], dict[str, Tensor]]
"""Further inputs of a tagger for the windows of a batch."""


class Fit:
    """A tagger being fitted, from the start or from where a run was broken off."""

    def __init__(
        self,
        tagger: nn.Module,
        examples: Sequence[Example],
        schedule: Schedule,
        folder: Path,
        *,
        extra: Extra | None = None,
        taught: Mapping[str, Floats] | None = None,
    ) -> None:
        """``taught`` are a teacher's (n, 7) probabilities of tags by the article's id."""
        self.tagger, self.schedule, self.folder, self.extra = tagger, schedule, folder, extra
        self.taught = taught
        self.windows = [
            (one, bounds)
            for one in examples
            for bounds in (one.ranges or windows(one.found.codes, even=False))
        ]
        self.order = random.Random(schedule.seed)
        steps = schedule.epochs * len(self._grouped(random.Random(0))) + 100
        groups = parameter_groups(tagger, schedule)
        self.optimizer = torch.optim.AdamW(groups, weight_decay=schedule.decay)
        self.rates = torch.optim.lr_scheduler.OneCycleLR(
            self.optimizer, [group["lr"] for group in groups], total_steps=steps, pct_start=0.1
        )
        self.done = 0
        self._resume()

    def run(self, score: Callable[[nn.Module], dict[str, float]]) -> None:
        """Run the epochs that are left; after each one write a checkpoint and a line of the log."""
        while self.done < self.schedule.epochs:
            started = time.monotonic()
            mean = self._epoch()
            self.done += 1
            self.tagger.eval()
            with torch.no_grad():
                scores = score(self.tagger)
            self._checkpoint()
            seconds = round(time.monotonic() - started)
            line = {"epoch": self.done, "loss": round(mean, 4), "seconds": seconds, **scores}
            with (self.folder / "log.jsonl").open("a", encoding="utf-8") as log:
                log.write(json.dumps(line) + "\n")

    def _epoch(self) -> float:
        self.tagger.train()
        losses: list[float] = []
        for group in self._grouped(self.order):
            given, tags, links = self._tensors(group)
            taught = self._taught(group, tags.shape[1])
            weights = torch.tensor([one.weight for one, _ in group])
            scored, linked = self.tagger(*given.values())
            total = loss(scored, linked, tags, links, weights, self.schedule.link_weight, taught)
            losses.append(descend(total, self.optimizer, self.rates, self.tagger.parameters()))
        return sum(losses) / len(losses)

    def _grouped(self, order: random.Random) -> list[list[tuple[Example, TokenSpan]]]:
        def length(one: tuple[Example, TokenSpan]) -> int:
            return one[1][1] - one[1][0]

        return batches_by_length(self.windows, length, order, size=self.schedule.batch, jitter=20)

    def _tensors(
        self, group: list[tuple[Example, TokenSpan]]
    ) -> tuple[dict[str, Tensor], Tensor, Tensor]:
        one = merged([batch(example.found, [bounds]) for example, bounds in group])
        for at in range(len(group)):
            if (drawn := self.order.random()) < self.schedule.without_vectors:
                one.tensor[at] = 0.0
                if drawn < self.schedule.without_vectors / 2:
                    one.vectors[at] = 0.0
        given = {name: torch.from_numpy(array) for name, array in inputs(one).items()}
        if self.extra is not None:
            given |= self.extra(group)
        size = one.heads.shape
        tags = np.full(size, UNSCORED, dtype=np.int64)
        links = np.full(size, -1, dtype=np.int64)
        for at, (example, (start, end)) in enumerate(group):
            tags[at, : end - start] = example.tags[start:end]
            linked = example.links[start:end]
            inside = (linked >= start) & (linked < end)
            links[at, : end - start] = np.where(inside, linked - start, -1)
        return given, torch.from_numpy(tags), torch.from_numpy(links)

    def _taught(self, group: list[tuple[Example, TokenSpan]], size: int) -> Tensor | None:
        if self.taught is None:
            return None
        filled = np.zeros((len(group), size, len(TAGS)), dtype=np.float32)
        for at, (example, (start, end)) in enumerate(group):
            if example.ranges is None:
                filled[at, : end - start] = self.taught[example.article.id][start:end]
            else:
                filled[at, : end - start] = ONE_HOT[np.maximum(example.tags[start:end], 0)]
        return torch.from_numpy(filled)

    def _checkpoint(self) -> None:
        state = {
            "schedule": asdict(self.schedule),
            "done": self.done,
            "tagger": self.tagger.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "rates": self.rates.state_dict(),
            "order": self.order.getstate(),
            "torch": torch.get_rng_state(),
        }
        temporary = self.folder / "checkpoint.tmp"
        torch.save(state, temporary)
        temporary.replace(self.folder / "checkpoint.pt")

    def _resume(self) -> None:
        path = self.folder / "checkpoint.pt"
        if not path.exists():
            return
        state: dict[str, Any] = torch.load(path, weights_only=True)
        if state["schedule"] != asdict(self.schedule):
            return
        self.done = state["done"]
        self.tagger.load_state_dict(state["tagger"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.rates.load_state_dict(state["rates"])
        version, internal, gauss = state["order"]
        self.order.setstate((version, tuple(internal), gauss))
        torch.set_rng_state(state["torch"])


def parameter_groups(tagger: nn.Module, schedule: Schedule) -> list[dict[str, Any]]:
    """Return the parameters with their rates: lower ones for the layers of an encoder."""
    encoder = getattr(tagger, "encoder", None)
    if encoder is None:
        return [{"params": list(tagger.parameters()), "lr": schedule.rate}]
    own = {id(parameter) for parameter in encoder.parameters()}
    rest = [parameter for parameter in tagger.parameters() if id(parameter) not in own]
    groups: list[dict[str, Any]] = [{"params": rest, "lr": schedule.rate}]
    for below, layer in enumerate(reversed(encoder.layers)):
        rate = schedule.encoder_rate * 0.85**below
        groups.append({"params": list(layer.parameters()), "lr": rate})
    return groups


def merged(ones: Sequence[Batch]) -> Batch:
    """Return windows of several documents as one batch."""
    long = max(one.heads.shape[1] for one in ones)

    def padded(name: str) -> Any:
        rows = [getattr(one, name) for one in ones]
        filled = np.zeros((len(rows), long, *rows[0].shape[2:]), dtype=rows[0].dtype)
        if name in ("heads", "above"):
            filled += np.arange(long)
        for at, row in enumerate(rows):
            filled[at, : row.shape[1]] = row[0]
        return filled

    names = [name for name in Batch._fields if name != "windows"]
    return Batch([one.windows[0] for one in ones], *(padded(name) for name in names))
