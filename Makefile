DATA ?= data
WORK ?= build/models
.PHONY: setup test check models release lint form types layers format docs reference golden lock sbom audit files wheel container mutants nightly

IMAGE ?= news-extraction-pipeline
LOCKS = .ci/locks
SEED = seeds/000_12599b830581316b.txt
SCHEMA = check-jsonschema --builtin-schema vendor.
# licences that would bind whoever distributes the package; LGPL and MPL do not
REFUSED = GPL-2.0-only;GPL-2.0-or-later;GPL-3.0-only;GPL-3.0-or-later;AGPL-3.0-only;AGPL-3.0-or-later;GNU General Public License (GPL);GNU General Public License v2 (GPLv2);GNU General Public License v3 (GPLv3);GNU Affero General Public License v3

SECONDS_EACH ?= 1800

setup:  ## install the package and the tools of development
	pip install -e '.[dev]'

test:  ## the tests that need no server, browser or engine
	pytest

check: lint docs  ## everything that must pass before a change is submitted
	pytest --check -n 3

models:  ## make every model from the corpora in DATA, which takes a night; what is done is kept in WORK
	OMP_NUM_THREADS=2 python -m pipeline.training.recipe --data $(DATA) --work $(WORK)

release: lock check files wheel sbom audit  ## everything that must pass before a release; needs the network

lint: form types layers  ## static checks

form:
	ruff format --check .
	ruff check .

types:
	mypy

layers:
	lint-imports

format:  ## format the code
	ruff format .
	ruff check --fix .

docs:  ## check the generated parts of the reference, and build the site in build/site; warnings are errors
	python docs/site/reference.py --check
	NO_MKDOCS_2_WARNING=1 mkdocs build --quiet --strict -f docs/site/mkdocs.yml

reference:  ## write the generated parts of the reference: commands, settings, errors, record, schema
	python docs/site/reference.py

golden:  ## update the golden records, the outputs of networks and of the docs; read the difference before you commit it
	python -m tests.golden
	python -m tests.outputs
	python -m tests.blocks
	python docs/site/reference.py

lock:  ## pin every dependency with its hashes: run.txt and build.txt for the container, dev.txt for development
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header pyproject.toml \
	  --extra html --extra sql --extra serve -o $(LOCKS)/run.txt
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header pyproject.toml \
	  --extra dev -o $(LOCKS)/dev.txt
	printf 'hatchling>=1.25\nhatch-fancy-pypi-readme>=24\n' | uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header - \
	  -o $(LOCKS)/build.txt

sbom:  ## write the software bill of materials and the licences of installed packages to build/
	mkdir -p build
	cyclonedx-py environment --pyproject pyproject.toml --output-reproducible -o build/sbom.cdx.json
	pip-licenses --format=markdown --output-file=build/licences.md
	pip-licenses --fail-on "$(REFUSED)" --packages $$(sed -n 's/^\([a-z0-9.-]*\)==.*/\1/p' $(LOCKS)/run.txt) > /dev/null

audit:  ## look up known vulnerabilities of the pinned versions; needs the network
	pip-audit --strict --require-hashes --disable-pip -r $(LOCKS)/run.txt

files:  ## check the Dockerfile, the workflow, the issue forms and CITATION.cff
	hadolint Dockerfile
	$(SCHEMA)github-workflows .github/workflows/*.yml
	$(SCHEMA)github-issue-config .github/ISSUE_TEMPLATE/config.yml
	$(SCHEMA)github-issue-forms $(filter-out %/config.yml,$(wildcard .github/ISSUE_TEMPLATE/*.yml))
	$(SCHEMA)citation-file-format CITATION.cff

wheel:  ## build the distributions in build/dist, check them, and run the wheel outside the checkout
	rm -rf build/dist build/outside
	uv build -q -o build/dist
	twine check --strict build/dist/*.whl build/dist/*.tar.gz
	uv venv -q build/outside
	uv pip install -q --python build/outside build/dist/*.whl
	cd build/outside && bin/pipeline extract - -o - < $(CURDIR)/$(SEED) | bin/pipeline validate -

container:  ## build the image, extract and check a record in it, and wait until the server is healthy; needs Docker
	docker build -t $(IMAGE) .
	docker run --rm -i $(IMAGE) extract - -o - < $(SEED) | docker run --rm -i $(IMAGE) validate -
	.ci/healthy $(IMAGE)

nightly: mutants  ## search for texts and bytes that break something, for leaks, for untested code, and for weights that nothing makes
	python benchmarks/fuzz.py --texts 10000000 --seconds $(SECONDS_EACH) --seed $$(date +%Y%j)
	python benchmarks/fuzz_text.py --seconds $(SECONDS_EACH) --seed $$(date +%Y%j)
	python benchmarks/soak.py --minutes 5
	python -m pipeline.training.recipe --work build/remade --check --step senses --step times \
	  --step namesakes --step figures --step records --step identity
	qemu-x86_64 -cpu Haswell-v4 $$(python -c "import sys; print(sys.executable)") -m tests.outputs --compare
	python benchmarks/kernels.py --articles 2 --emulate Haswell-v4

mutants:  ## change the code in small ways, and report the share of changes that make a test fail; no goal yet for the language
	python benchmarks/mutation.py --mutants 100 --seed $$(date +%Y%j)
	python benchmarks/mutation.py --mutants 100 --seed $$(date +%Y%j) --packages stages text quantities times model --goal 0
