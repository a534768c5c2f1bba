.PHONY: check lint form types layers format test docs golden nightly

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

nightly:  ## look for texts and bytes that break something; another seed each day
	python benchmarks/fuzz.py --texts 10000000 --seconds $(SECONDS_EACH) --seed $$(date +%Y%j)
	python benchmarks/fuzz_text.py --seconds $(SECONDS_EACH) --seed $$(date +%Y%j)
