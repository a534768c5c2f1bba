"""What the trainings of networks share: articles, steps, batches, ensembles and ONNX graphs."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import time
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from random import Random
from typing import Any, Generic, TypeVar

import onnx
import torch
from onnx import helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from spacy.language import Language
from spacy.tokens import Doc
from torch import Tensor, nn

from pipeline.errors import InputNotFound, ModelMissing
from pipeline.manifest import checksum, entry_of_package
from pipeline.model.session import Floats
from pipeline.stages.language import BASE_MODEL, annotate, load
from pipeline.text.strictjson import parse_json

Tell = Callable[[str], None]
One = TypeVar("One")
NEVER = -1e9
"""The score of an answer that is not allowed."""
CHECKPOINT = "checkpoint.pt"
LEAST_STEPS = 11
"""The learning rate rises during a tenth of all steps, which must be more than one step."""


def read_articles(
    nlp: Language, path: Path, prepare: Callable[[dict[str, Any]], None] = lambda _: None
) -> Iterator[tuple[dict[str, Any], Doc]]:
    """Yield the rows of a JSONL file, each with its ``text`` annotated by a pipeline.

    ``prepare`` makes the pipeline ready for a row.

    A row may have ``published``, a date or a date and a time in ISO 8601. Raises ``InputNotFound``,
    and ``ValueError`` for a line that is not JSON.
    """
    if not path.exists():
        raise InputNotFound("no such file", where=str(path))
    for line in path.read_text("utf-8").splitlines():
        row = parse_json(line)
        prepare(row)
        published = row.get("published")
        day = date.fromisoformat(published[:10]) if published else None
        yield row, annotate(nlp, row["text"], day)


def load_unseen() -> Language:
    """Return the pipeline of the profile fast with the names of the base model's recogniser.

    The network of names has learned from most of the training articles, and makes fewer errors in
    them than elsewhere. A model that reads its names must learn from names with as many errors as
    those at run time.
    """
    entry = entry_of_package(BASE_MODEL)
    folder = entry.located() if entry is not None else None
    if folder is None:
        raise ModelMissing(f"no spaCy pipeline {BASE_MODEL!r} is installed")
    # a model that is named by its folder brings its own recogniser
    return load(folder, profile="fast")


def use_threads() -> None:
    """Use as many threads as ``OMP_NUM_THREADS`` says, by default one: the results depend on it."""
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))


def one_cycle(
    groups: list[dict[str, Any]], steps: int, *, decay: float, warm_up: float = 0.1
) -> tuple[Any, Any]:
    """Return an optimizer, AdamW, of groups of weights, and the schedule of their rates.

    Each rate rises to that of its group during ``warm_up``, a share of all steps, and falls again.
    """
    optimizer = torch.optim.AdamW(groups, weight_decay=decay)
    highest = [group["lr"] for group in groups]
    rates = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, highest, total_steps=steps, pct_start=warm_up
    )
    return optimizer, rates


def batches(every: Iterable[One], size: int, count: Callable[[One], int]) -> Iterator[list[One]]:
    """Yield batches, each closed once it has more than ``size`` of what ``count`` counts."""
    group: list[One] = []
    held = 0
    for one in every:
        group.append(one)
        held += count(one)
        if held > size:
            yield group
            group, held = [], 0
    if group:
        yield group


def batches_by_length(
    windows: Sequence[One], length: Callable[[One], int], draw: Random, *, size: int, jitter: int
) -> list[list[One]]:
    """Return batches of windows of about the same length, in random order.

    ``size`` is the maximum number of tokens, padding included. Lengths are compared after adding
    up to ``jitter`` at random, so that the batches of two epochs differ.
    """
    order = sorted((length(one) + jitter * draw.random(), at) for at, one in enumerate(windows))
    groups: list[list[One]] = []
    longest = 0
    for _, at in order:
        longest = max(longest, length(windows[at]))
        if groups and (len(groups[-1]) + 1) * longest <= size:
            groups[-1].append(windows[at])
        else:
            groups.append([windows[at]])
            longest = length(windows[at])
    draw.shuffle(groups)
    return groups


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """How networks are fitted: AdamW with one cycle, a tenth of the steps to warm up."""

    epochs: int
    rate: float
    """The largest learning rate."""
    decay: float = 0.01
    batch: int
    """Size of a batch: tokens with padding, unless a training counts something else."""
    seed: int = 1


class Fit(Generic[One]):
    """Networks being fitted: an epoch is a list of batches, a batch gives losses to add up.

    With a folder, the state is written to it after each epoch, and a run that was broken off with
    the same schedule resumes there.
    """

    def __init__(
        self,
        net: nn.Module,
        groups: list[dict[str, Any]],
        schedule: Schedule,
        steps: int,
        tell: Tell,
        folder: Path | None = None,
    ) -> None:
        """``groups`` are the weights that are learned, with their rates, for so many ``steps``."""
        self.net, self.tell, self.folder, self._schedule = net, tell, folder, schedule
        self.order = Random(schedule.seed)
        self.learned = [weight for group in groups for weight in group["params"]]
        self._optimizer, self._rates = one_cycle(
            groups, max(LEAST_STEPS, steps), decay=schedule.decay
        )
        self._parts = {"net": net, "optimizer": self._optimizer, "rates": self._rates}

    def batches(self, number: int) -> Iterable[Sequence[One]]:
        """Return the batches of an epoch, counted from 0."""
        raise NotImplementedError

    def losses(self, group: Sequence[One]) -> Mapping[str, Tensor]:
        """Return the losses on a batch by what they are of; it may be none."""
        raise NotImplementedError

    def stepped(self) -> None:
        """Follow a step."""

    def ended(self, number: int, means: Mapping[str, float], seconds: int) -> None:
        """Follow an epoch, counted from 1, with the mean of each loss."""
        self.tell(f"epoch {number}: {dict(means)}, {seconds} s")

    def run(self) -> None:
        """Run the epochs that are left."""
        for number in range(self._resume(), self._schedule.epochs):
            started = time.monotonic()
            self.net.train()
            total: defaultdict[str, float] = defaultdict(float)
            batches = list(self.batches(number))
            for group in batches:
                losses = self.losses(group)
                if losses:
                    self._descend(torch.stack([*losses.values()]).sum())
                    self.stepped()
                for name, one in losses.items():
                    total[name] += float(one.item())
            if self.folder is not None:
                self._write(self.folder, number + 1)
            means = {name: round(one / len(batches), 4) for name, one in total.items()}
            self.net.eval()
            self.ended(number + 1, means, round(time.monotonic() - started))
        self.net.eval()

    def _descend(self, loss: Tensor) -> None:
        """Take one step, with a gradient of at most 2."""
        self._optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.learned, 2.0)
        self._optimizer.step()
        self._rates.step()

    def _write(self, folder: Path, done: int) -> None:
        state = {
            "schedule": asdict(self._schedule),
            "done": done,
            "order": self.order.getstate(),
            "torch": torch.get_rng_state(),
            **{name: part.state_dict() for name, part in self._parts.items()},
        }
        folder.mkdir(parents=True, exist_ok=True)
        temporary = folder / "checkpoint.tmp"
        torch.save(state, temporary)
        temporary.replace(folder / CHECKPOINT)

    def _resume(self) -> int:
        """Load the state of a run with the same schedule; return its number of epochs."""
        if self.folder is None or not (self.folder / CHECKPOINT).exists():
            return 0
        state: dict[str, Any] = torch.load(self.folder / CHECKPOINT, weights_only=True)
        if state["schedule"] != asdict(self._schedule) or not self._parts.keys() <= state.keys():
            return 0
        for name, part in self._parts.items():
            part.load_state_dict(state[name])
        version, internal, gauss = state["order"]
        self.order.setstate((version, tuple(internal), gauss))
        torch.set_rng_state(state["torch"])
        done: int = state["done"]
        return done


def logsumexp(scores: Tensor, owner: Tensor, size: int) -> Tensor:
    """Return the log of the sum of the exponentials of the scores of each owner."""
    top = torch.full((size,), NEVER).scatter_reduce(0, owner, scores, "amax")
    total = torch.zeros(size).scatter_add(0, owner, torch.exp(scores - top[owner]))
    return top + torch.log(total + 1e-30)


class Ensemble(nn.Module):
    """The mean of the outputs of some small networks over n features, which it scales."""

    mean: Tensor
    spread: Tensor

    def __init__(
        self,
        mean: Tensor,
        spread: Tensor,
        *,
        members: int,
        width: int,
        input_dropout: float,
        dropout: float,
        output: Callable[[Tensor], Tensor] = lambda scores: scores,
    ) -> None:
        """``output`` is applied to the scores."""
        super().__init__()
        self.register_buffer("mean", mean)
        self.register_buffer("spread", spread)
        self.output = output
        self.members = nn.ModuleList(
            nn.Sequential(
                nn.Dropout(input_dropout),
                nn.Linear(len(mean), width),
                nn.ReLU(),
                nn.Dropout(dropout),
                nn.Linear(width, 2),
            )
            for _ in range(members)
        )

    def forward(self, rows: Tensor) -> Tensor:
        """Return (m, 2) for (m, n) rows."""
        scaled = (rows - self.mean) / self.spread
        return torch.stack([self.output(one(scaled)) for one in self.members]).mean(0)

    def score(self, rows: Floats) -> Floats:
        """Return (m, 2) for (m, n) rows, without a gradient."""
        with torch.no_grad():
            scores: Floats = self(torch.from_numpy(rows)).numpy()
        return scores

    def fit(
        self,
        loss: Callable[[nn.Module, Tensor], Tensor],
        count: int,
        *,
        epochs: int,
        batch: int,
        rate: float,
        decay: float,
        cycle: float | None = None,
    ) -> None:
        """Fit each member to ``count`` examples.

        ``loss`` returns that of a member on the examples with some numbers. With ``cycle``, the
        rate rises to it and falls again.
        """
        for member in self.members:
            optimizer = torch.optim.AdamW(member.parameters(), lr=rate, weight_decay=decay)
            steps = epochs * -(-count // batch)
            rates = None
            if cycle is not None:
                rates = torch.optim.lr_scheduler.OneCycleLR(
                    optimizer, cycle, total_steps=steps, pct_start=0.1
                )
            member.train()
            for _ in range(epochs):
                for some in torch.randperm(count).split(batch):
                    optimizer.zero_grad()
                    loss(member, some).backward()
                    optimizer.step()
                    if rates:
                        rates.step()
        self.eval()

    def write(self, path: Path, *, given: str, output: str, rows: str) -> None:
        """Write an ONNX graph, with the names of its input, its output and their rows."""
        axes = {name: {0: rows} for name in (given, output)}
        write_graph(self, {given: torch.zeros(2, len(self.mean))}, [output], axes, path)


def write_graph(
    module: nn.Module,
    given: dict[str, Tensor],
    outputs: list[str],
    axes: dict[str, dict[int, str]],
    path: Path,
    *,
    quantized: Sequence[str] = (),
) -> None:
    """Write a module as an ONNX graph, traced on what is given, see ``spell_out_softmax``.

    Nodes of ``quantized`` types get weights of eight bits, with one scale per channel.
    """
    module.eval()
    with tempfile.TemporaryDirectory() as scratch:
        whole = Path(scratch) / path.name
        with warnings.catch_warnings():
            # torch has another exporter that it would rather have used; it is pinned to this one
            warnings.simplefilter("ignore")
            torch.onnx.export(
                module,
                tuple(given.values()),
                str(whole),
                input_names=list(given),
                output_names=outputs,
                dynamic_axes=axes,
                opset_version=17,
                dynamo=False,
            )
        spell_out_softmax(whole)
        if not quantized:
            shutil.copyfile(whole, path)
        else:
            quantize_dynamic(
                whole,
                path,
                op_types_to_quantize=list(quantized),
                weight_type=QuantType.QInt8,
                per_channel=True,
            )


def spell_out_softmax(path: Path) -> None:
    """Replace each softmax of a graph, and its logarithm, by their parts, in place.

    onnxruntime adds up the terms of a softmax in an order that depends on the processor. The last
    bit of an input of an 8-bit product decides how it is rounded, so the sum must not. That of
    ``ReduceSum`` has the same order everywhere.
    """
    model = onnx.load(path)
    nodes = list(model.graph.node)
    del model.graph.node[:]
    for node in nodes:
        model.graph.node.extend(_parts(node) if node.op_type in SOFTMAX else [node])
    onnx.save(model, path)


SOFTMAX = ("Softmax", "LogSoftmax")


def _parts(node: onnx.NodeProto) -> Iterator[onnx.NodeProto]:
    """Yield the nodes that compute a softmax or its logarithm."""
    (given,), (output,) = node.input, node.output
    axis = next((one.i for one in node.attribute if one.name == "axis"), -1)

    def part(op: str, inputs: Sequence[str], name: str, **more: Any) -> onnx.NodeProto:
        found = output if name == "" else f"{output}_{name}"
        return helper.make_node(op, inputs, [found], f"{node.name}_{name or op}", **more)

    def of(*names: str) -> list[str]:
        return [f"{output}_{name}" for name in names]

    yield part("ReduceMax", [given], "top", axes=[axis])
    yield part("Sub", [given, *of("top")], "below")
    yield part("Exp", of("below"), "raised")
    yield part("Constant", [], "axis", value_ints=[axis])
    yield part("ReduceSum", of("raised", "axis"), "sum")
    if node.op_type == "Softmax":
        yield part("Div", of("raised", "sum"), "")
    else:
        yield part("Log", of("sum"), "log")
        yield part("Sub", of("below", "log"), "")


def write_config(path: Path, config: Mapping[str, Any]) -> None:
    """Write the config of a model."""
    path.write_text(json.dumps(config, ensure_ascii=False, indent=1) + "\n", "utf-8")


def tell_checksums(folder: Path, tell: Tell) -> None:
    """Print the checksums of a model's files as the lines of ``models/manifest.toml``."""
    for path in sorted(folder.iterdir()):
        if path.suffix in (".onnx", ".json", ".safetensors"):
            tell(f'"{path.name}" = "{checksum(path)}"')
