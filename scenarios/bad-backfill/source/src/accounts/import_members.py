"""One-off of January 2024: members of the old system, exactly as its export has them."""

import csv
from pathlib import Path

from accounts.db import execute


def run(path: str) -> None:
    with Path(path).open(newline="") as file:
        for row in csv.DictReader(file):
            execute(
                "INSERT INTO users (id, email, created_at, verification_status) VALUES (%s, %s, %s, %s)",
                row["id"],
                row["email"],
                row["created"],  # 03/15/2019
                row["status"],
            )
