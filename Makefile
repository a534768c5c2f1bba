.PHONY: check format test golden

check:  ## everything that has to hold before a change is handed in
	ruff format --check .
	ruff check .
	mypy
	lint-imports
	pytest

format:  ## put the code into shape
	ruff format .
	ruff check --fix .

test:
	pytest

golden:  ## write the golden records anew; read the difference before you commit it
	python -m tests.golden
