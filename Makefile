.PHONY: check lint format test golden

check: lint test  ## everything that has to hold before a change is handed in

lint:  ## form, types and layers
	ruff format --check .
	ruff check .
	mypy
	lint-imports

format:  ## put the code into shape
	ruff format .
	ruff check --fix .

test:
	pytest

golden:  ## write the golden records anew; read the difference before you commit it
	python -m tests.golden
