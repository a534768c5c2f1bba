"""An Airflow 3 DAG: process one night's articles and load them into a database.

The workers need the command ``pipeline`` on their PATH and ``DATABASE_URL`` in their environment.
The Airflow variables ``news_inbox`` and ``news_runs`` are folders or ``s3://`` addresses.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG

RUN = "'{{ var.value.news_runs }}/{{ ds }}'"

with DAG(
    dag_id="news_nightly",
    schedule="15 2 * * *",
    start_date=datetime(2025, 5, 1),
    catchup=False,
    max_active_runs=1,  # --new-only compares with the finished runs of earlier nights
    default_args={"retries": 3, "retry_delay": timedelta(minutes=15)},  # a retry resumes the run
) as dag:
    batch = BashOperator(
        task_id="batch",
        # exit code 1: some articles are in the dead letters or have an incomplete record
        bash_command=(
            "pipeline batch '{{ var.value.news_inbox }}' "
            f"-o {RUN} --new-only --quiet --log-format json || [ $? -eq 1 ]"
        ),
    )
    load = BashOperator(
        task_id="load",
        bash_command=f'pipeline load {RUN} --db "$DATABASE_URL" --quiet',
    )
    batch >> load
