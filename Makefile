.PHONY: check lint form types layers format test docs golden mutants

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

mutants:  ## change the code of runs and writers, and see whether a test notices; for the night
	python benchmarks/mutation.py --mutants 100
