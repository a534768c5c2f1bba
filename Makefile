.PHONY: check lint form types layers format test docs golden lock sbom audit mutants nightly

LOCKS = .ci/locks
# whoever ships the package would be bound by these; LGPL and MPL do not bind them
REFUSED = GPL-2.0-only;GPL-2.0-or-later;GPL-3.0-only;GPL-3.0-or-later;AGPL-3.0-only;AGPL-3.0-or-later;GNU General Public License (GPL);GNU General Public License v2 (GPLv2);GNU General Public License v3 (GPLv3);GNU Affero General Public License v3

SECONDS_EACH ?= 1800

check: lint docs test  ## everything that has to hold before a change is handed in

lint: form types layers  ## what holds without running anything

form:
	ruff format --check .
	ruff check .

types:
	mypy

layers:
	lint-imports

format:  ## put the code into shape
	ruff format .
	ruff check --fix .

test:
	pytest

docs:  ## the site, in build/site; whatever it warns of is an error
	NO_MKDOCS_2_WARNING=1 mkdocs build --quiet --strict -f docs/site/mkdocs.yml

golden:  ## write the golden records and what the docs show anew; read the difference before you commit it
	python -m tests.golden
	python -m tests.blocks

lock:  ## pin every dependency with its hashes: run.txt for a container, dev.txt for development
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header pyproject.toml \
	  --extra html --extra sql --extra accurate --extra serve -o $(LOCKS)/run.txt
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header pyproject.toml \
	  --extra test --extra audit -o $(LOCKS)/dev.txt

sbom:  ## the software bill of materials and the licences of what is installed, in build/
	mkdir -p build
	cyclonedx-py environment --pyproject pyproject.toml --output-reproducible -o build/sbom.cdx.json
	pip-licenses --format=markdown --output-file=build/licences.md
	pip-licenses --fail-on "$(REFUSED)" --packages $$(sed -n 's/^\([a-z0-9.-]*\)==.*/\1/p' $(LOCKS)/run.txt) > /dev/null

audit:  ## known vulnerabilities of the pinned versions; needs the network, and fails if it cannot look one up
	pip-audit --strict --require-hashes --disable-pip -r $(LOCKS)/run.txt

nightly: mutants  ## look for what breaks something: leaks, texts, bytes, code that no test checks
	python benchmarks/fuzz.py --texts 10000000 --seconds $(SECONDS_EACH) --seed $$(date +%Y%j)
	python benchmarks/fuzz_text.py --seconds $(SECONDS_EACH) --seed $$(date +%Y%j)
	python benchmarks/soak.py --minutes 5

mutants:  ## change the code of runs and writers, and see whether a test notices
	python benchmarks/mutation.py --mutants 100
