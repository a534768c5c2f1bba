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

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar

ExitCode = int

OK: ExitCode = 0
SOME_FAILED: ExitCode = 1
NOTHING_FOUND: ExitCode = 1
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

CONTROLS = re.compile(
    "["
    "\x00-\x1f\x7f-\x9f"  # C0 with ESC, DEL, C1
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # direction of writing
    "\u2028\u2029"  # line and paragraph separators
    "\ud800-\udfff"  # bytes of file names that are not UTF-8
    "\U000e0000-\U000e007f"  # tags: invisible copies of ASCII
    "]"
)


def safe(text: str, *, keep: str = "") -> str:
    """Return text with everything that controls a terminal escaped.

    Text from articles, file names and run folders could otherwise move the cursor, set the window
    title, reverse the order of words or forge a line of output. Characters in ``keep`` stay.

    >>> safe("a\\x1b[2Jb\\nc")
    'a\\\\x1b[2Jb\\\\nc'
    >>> safe("a\\x1b[2Jb\\nc", keep="\\n")
    'a\\\\x1b[2Jb\\nc'
    """

    def escaped(found: re.Match[str]) -> str:
        return found[0] if found[0] in keep else found[0].encode("unicode_escape").decode("ascii")

    return CONTROLS.sub(escaped, text)


class PipelineError(Exception):
    """Base class of all errors. With its own code, it reports a bug.

    ``where`` names the input, the file or the setting in which the error occurred.
    """

    code: ClassVar[str] = "P900"
    exit_code: ClassVar[ExitCode] = BUG
    hint: str = "please report this with the command that you ran"

    def __init_subclass__(cls, *, code: str, exit_code: ExitCode | None = None) -> None:
        cls.code = code
        if exit_code is not None:
            cls.exit_code = exit_code

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

        >>> print(ArticleTooLong("3,226,614 bytes, limit 1,000,000", where="novel.txt").report())
        error[P203]: novel.txt: 3,226,614 bytes, limit 1,000,000
        hint: split the file, or raise max_bytes in pipeline.toml
        """
        message = f"error[{self.code}]: {safe(str(self))}"
        return message + (f"\nhint: {safe(self.hint)}" if self.hint else "")


class UsageError(PipelineError, code="P101", exit_code=USAGE):
    """The command or function was called with invalid arguments."""

    hint = "see pipeline --help"


class BadDate(UsageError, code="P102"):
    """A date is not in the form YYYY-MM-DD."""

    hint = "write the date as YYYY-MM-DD, for example 2025-05-01"


class StageOrder(UsageError, code="P103"):
    """A stage runs before a component whose results it reads, or without it."""

    hint = (
        "add the stages in the order of pipeline.stages.language.STAGES, "
        "after a tagger and a parser"
    )


class SettingsError(PipelineError, code="P111", exit_code=BAD_SETTINGS):
    """A setting has an invalid value."""

    hint = "pipeline info lists every setting with its value and origin"


class UnknownSetting(SettingsError, code="P112"):
    """There is no setting with that name."""


class SettingsUnreadable(SettingsError, code="P113"):
    """The settings file is missing or is not valid TOML."""

    hint = "write one setting per line, for example: max_bytes = 4_000_000"


class GazetteerUnusable(SettingsError, code="P114"):
    """The gazetteer is missing, or is not an index of this version."""

    hint = "build it: pipeline gazetteer build people.csv -o people.gazetteer"


class ArticleError(PipelineError, code="P200", exit_code=BAD_DATA):
    """One article cannot be used."""

    hint = ""


class InputNotFound(ArticleError, code="P201", exit_code=NO_INPUT):
    """The file does not exist, or nothing matches the pattern."""

    hint = "check the path; a folder, a quoted glob and - (stdin) are also allowed"


class NotAFile(ArticleError, code="P202", exit_code=NO_INPUT):
    """The input is a symbolic link, a FIFO, a socket or a device."""

    hint = "name the file itself, or pipe in its text: cat FILE | pipeline extract -"


class ArticleTooLong(ArticleError, code="P203"):
    """The article exceeds ``settings.max_bytes``."""

    hint = "split the file, or raise max_bytes in pipeline.toml"


class EmptyArticle(ArticleError, code="P204"):
    """The article contains only white space."""

    hint = "leave the article out, or check how it was exported"


class NotText(ArticleError, code="P205"):
    """The bytes are not text in any encoding that was recognised."""

    hint = "convert it to UTF-8 text first, for example with iconv or pandoc"


class BadRow(ArticleError, code="P206"):
    """A line of JSONL, a row of a table or an object of JSON is not an article."""

    hint = 'each row needs its text under "text"; use --text-key for another key or column'


class DuplicateId(ArticleError, code="P207"):
    """Two articles of one run have the same id but different texts."""

    hint = "ids identify articles in databases: give each article its own"


class NoArticleInPage(ArticleError, code="P208"):
    """No article text was found in a web page."""

    hint = "save the page with its text, or pass the text as .txt"


class PageTooComplex(ArticleError, code="P226"):
    """A web page exceeds the limits for elements, attributes or nesting."""

    hint = "pass the text of the article as .txt"


class Unreadable(ArticleError, code="P209", exit_code=NO_INPUT):
    """The operating system refused to read the input."""

    hint = "check the permissions of the file"


class ArticleChanged(ArticleError, code="P210", exit_code=NO_INPUT):
    """The input has changed since the run was planned."""

    hint = "do not change the input during a run; start a new run to read it as it is now"


class UnknownSuffix(ArticleError, code="P220"):
    """The suffix of the file does not belong to a supported format."""

    hint = "give the format with --as, for example --as text"


class Malformed(ArticleError, code="P221"):
    """The file is damaged, or not in the format that its name suggests."""

    hint = "check how the file was exported, or give its format with --as"


class NoArticles(ArticleError, code="P222"):
    """The file is valid JSON or XML, but not in a format that articles can be read from."""

    hint = "see the formats in docs/how-to/own-articles.md, or export the articles as JSONL"


class NoTextColumn(ArticleError, code="P223"):
    """The header of a table does not have the column of the text."""

    hint = "name the column with --text-key"


class ExpandsTooFar(ArticleError, code="P224"):
    """A small file expands to far more data than an article: a decompression or XML bomb."""

    hint = "unpack the file yourself if you trust it"


class NothingToRead(ArticleError, code="P225", exit_code=NO_INPUT):
    """The folders and patterns contain no file in a supported format."""

    hint = "pipeline extract --help lists the supported suffixes"


class NoTextInDocument(ArticleError, code="P227"):
    """A PDF or Word document has no text that can be read: it is scanned, for example."""

    hint = "recognise its text first, for example with ocrmypdf, or leave the document out"


class DocumentLocked(ArticleError, code="P228"):
    """A PDF document is encrypted."""

    hint = "remove the password first, for example with: qpdf --decrypt --password=… IN OUT"


class AddressRefused(ArticleError, code="P230", exit_code=NO_INPUT):
    """An address of the web is not fetched: it is private, unencrypted or invalid."""

    hint = "use https:// or --allow-http; --allow-private allows addresses of your own network"


class HostUnreachable(ArticleError, code="P231", exit_code=NO_INPUT):
    """A server of the web does not exist, refuses the connection or breaks it off."""

    hint = "check the address and the network; proxies are not used"


class BadStatus(ArticleError, code="P232", exit_code=NO_INPUT):
    """A server of the web answers with an error, or with too many redirects."""

    hint = "open the address in a browser; save the page as a file if it needs a login"


class FetchTooSlow(ArticleError, code="P233", exit_code=NO_INPUT):
    """A server of the web took more than ``settings.fetch_seconds``."""

    hint = "try again later, or raise fetch_seconds"


class BadCertificate(ArticleError, code="P234", exit_code=NO_INPUT):
    """A server of the web has no valid certificate (TLS)."""

    hint = "check the address and the clock of this machine; do not trust the server otherwise"


class NoRun(PipelineError, code="P211", exit_code=NO_INPUT):
    """The folder does not contain a run."""

    hint = "name the folder that you passed to pipeline batch with -o"


class RecordsChanged(PipelineError, code="P212", exit_code=NO_INPUT):
    """A file of records has changed since the server read it."""

    hint = "restart pipeline serve to read the records as they are now"


class ModelError(PipelineError, code="P300", exit_code=UNAVAILABLE):
    """A model cannot be used."""

    hint = "pipeline info shows what is installed"


class ModelMissing(ModelError, code="P301"):
    """No spaCy pipeline with that name is installed."""

    hint = "name an installed spaCy pipeline, or the folder of a saved one"


class ModelUnsuitable(ModelError, code="P302"):
    """The model lacks a component that the stages need, or cannot be loaded."""

    hint = "use a spaCy pipeline with a tagger, a parser and a named entity recogniser"


class ModelChanged(ModelError, code="P303"):
    """A model file does not match the manifest."""

    hint = "reinstall the package that contains the model"


class ManifestUnreadable(ModelError, code="P304"):
    """``models/manifest.toml`` is missing or invalid."""

    hint = "reinstall the package: pip install --force-reinstall news-extraction-pipeline"


class ExtraMissing(ModelError, code="P305"):
    """A package of an optional extra is not installed."""

    hint = "install the extra, for example: pip install 'news-extraction-pipeline[serve]'"


class WorkerUnavailable(PipelineError, code="P306", exit_code=UNAVAILABLE):
    """No worker could be started: each one ended while it loaded the models."""

    hint = "check the memory: a worker needs about 0.5 GB; use fewer --workers"


class StorageUnavailable(PipelineError, code="P308", exit_code=UNAVAILABLE):
    """The storage of a run cannot be reached or read."""

    hint = "check the address, credentials and network; then repeat the command to resume"


class StorageUnsuitable(StorageUnavailable, code="P309"):
    """The storage cannot guarantee that only one process works on a run."""

    hint = "use a store with conditional writes, or a folder that all machines share"


class DatabaseError(PipelineError, code="P310", exit_code=UNAVAILABLE):
    """A database cannot be used."""

    hint = "check the address, and that the database is running"


class BadDatabaseUrl(DatabaseError, code="P311"):
    """The address is not that of a supported database."""

    hint = (
        "for example sqlite:///news.db, postgresql://user@host/news, duckdb:///news.duckdb "
        "or news.parquet"
    )


class DatabaseUnavailable(DatabaseError, code="P312"):
    """The database cannot be reached or opened."""


class DatabaseUnsuitable(DatabaseError, code="P313"):
    """The database has tables with the same names but another schema."""

    hint = "load into an empty database"


class DatabaseBusy(DatabaseError, code="P314", exit_code=LOCKED):
    """Another program has locked the database."""

    hint = "try again when the other program is finished; loading resumes where it stopped"


class EngineUnavailable(PipelineError, code="P307", exit_code=UNAVAILABLE):
    """The engine that runs the workers cannot be reached or started."""

    hint = "check the address, or leave out --engine to use this machine"


class AddressTaken(PipelineError, code="P315", exit_code=UNAVAILABLE):
    """The server cannot listen on the given address."""

    hint = "choose another port with --port; --port 0 takes any free port"


class LinkFailed(DatabaseError, code="P316"):
    """The database refused a statement of the linker; nothing was changed."""

    hint = "check the free disk space, and your rights in the database"


class NoIdentity(DatabaseError, code="P317", exit_code=BAD_DATA):
    """The database has no such identity, member or action."""

    hint = "pipeline identities list shows the identities with their ids"


class OutputError(PipelineError, code="P400", exit_code=CANNOT_CREATE):
    """The output cannot be written."""

    hint = ""


class OutputExists(OutputError, code="P401"):
    """The output exists and has different content."""

    hint = "pass --force to replace it, or -o FILE to write elsewhere (-o - for stdout)"


class OutputNotCreated(OutputError, code="P402"):
    """The output file cannot be created."""

    hint = "check the folder and its permissions, or write elsewhere with -o FILE"


class WriteFailed(OutputError, code="P403", exit_code=IO_ERROR):
    """Writing the output failed."""

    hint = "check the free disk space; the output was not changed"


class ReaderGone(OutputError, code="P404", exit_code=BROKEN_PIPE):
    """The program that reads the output has stopped reading. Nothing is printed."""


class RunDiffers(OutputError, code="P405"):
    """The folder contains a run with other settings, models or inputs."""

    hint = "choose another folder with -o; --since RUN skips the articles of that run"


class RunLocked(OutputError, code="P406", exit_code=LOCKED):
    """Another process is working on the same run."""

    hint = "wait for it to end; pipeline status RUN shows its progress"


class RunDamaged(OutputError, code="P407", exit_code=BAD_DATA):
    """A file of a run is not as the run wrote it."""

    hint = "restore the folder, or start again in another one"


class NotOurFile(RunDamaged, code="P408"):
    """A file of a run or a review has been replaced by a link, a FIFO or a device."""

    hint = "nothing was read or written through it; remove it, or do not trust this folder"


class SystemRefused(OutputError, code="P409", exit_code=IO_ERROR):
    """The operating system refused a resource that the command needs."""

    hint = "check the disk, the quota and the process limits; then run the command again"


class LoadFailed(OutputError, code="P410", exit_code=IO_ERROR):
    """The database refused to store records. Articles stored before are kept."""

    hint = "fix the cause and load again; stored articles are not loaded twice"


class CorrectionsLocked(OutputError, code="P411", exit_code=LOCKED):
    """Another program keeps a file of corrections locked."""

    hint = "nothing was saved; try again, and end the other program if it hangs"


class StageFailed(PipelineError, code="P501"):
    """A stage raised an exception on one article. This is a bug in the pipeline."""

    hint = "please report it with the article, if you may share it"


class TooDeep(StageFailed, code="P502"):
    """One article is nested more deeply than a stage can follow."""

    hint = "look for thousands of nested quotation marks or brackets in the article"


class OutOfMemory(StageFailed, code="P503"):
    """There was not enough memory for one article."""

    hint = "split the article, or lower segment_chars"


class ArticleTooSlow(ArticleError, code="P504", exit_code=BUG):
    """One article took more than ``settings.max_seconds``."""

    hint = "raise max_seconds or split the article, then extract it or run: pipeline retry RUN"


class WorkerDied(ArticleError, code="P505", exit_code=BUG):
    """A worker died or hung on an article, and did so again on this article alone."""

    hint = "the article uses all memory, or hangs; please report it if you may share it"


class BrokenRecord(PipelineError, code="P601", exit_code=BAD_DATA):
    """A line is not a valid record."""

    hint = "pipeline schema json prints the schema of a record"


class BadCorrection(PipelineError, code="P602", exit_code=BAD_DATA):
    """A correction is invalid, or it does not fit its record."""

    hint = "a correction is one line of JSON, as written by pipeline serve"


class RequestError(PipelineError, code="P700", exit_code=USAGE):
    """The server refused a request. No command exits with this error."""

    hint = "GET /openapi.json describes the API"
    status: int = 400


class ForeignRequest(RequestError, code="P701"):
    """The request may come from a page of another site."""

    hint = "use the server's own host name, or its IP address"
    status = 403


class NotJson(RequestError, code="P702"):
    """The body of a request is not JSON."""

    hint = "send Content-Type: application/json"
    status = 415


class BodyTooLarge(RequestError, code="P703"):
    """The body of a request is larger than an article may be."""

    hint = "split the article, or raise max_bytes in pipeline.toml"
    status = 413


class NoSuchRecord(RequestError, code="P704"):
    """The server has no record with that id."""

    hint = "GET /records lists the records; percent-encode the id"
    status = 404


class ServerBusy(RequestError, code="P705"):
    """Too many articles are waiting, or the server is shutting down."""

    hint = "try again after the number of seconds in Retry-After"
    status = 503


class BadParameter(RequestError, code="P706"):
    """A parameter of a request has an invalid value."""

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
