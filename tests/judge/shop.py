"""A small shop: its tables, some seed rows, and requests that buy from it."""

from sim.judge.values import Base, Find, Line, Lineage, Program, RowCheck, Script, SeedRows
from sim.population import Population, Value

ORDERS = "CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint, amount numeric(10,2), status text, code text)"
CUSTOMERS = "CREATE TABLE customers (id bigint PRIMARY KEY, email text)"
COLUMNS = ("id", "customer_id", "amount", "status", "code")
Row = tuple[str | None, ...]


def orders(*rows: Row) -> SeedRows:
    """Rows of `orders`."""
    return SeedRows(COLUMNS, rows)


SEEDS = orders(*((str(i), str(i), "4.20", "paid", f"C{i}") for i in range(1, 11)))
NOTHING = orders()


def shop(seeds: SeedRows = SEEDS, *more: str) -> Lineage:
    """The shop with these orders, and ten customers."""
    customers = SeedRows(("id", "email"), tuple((str(i), f"u{i}@example.com") for i in range(1, 11)))
    return Lineage(Base((CUSTOMERS, ORDERS, *more), {"orders": seeds, "customers": customers}))


def finds(**found: SeedRows) -> Find:
    """The real tables, as far as a test needs them: which table has a row that violates."""

    def find(ran: tuple[str, ...], check: RowCheck) -> SeedRows | None:
        return found.get(check.table)

    return find


def one_by_one(*statements: str) -> Script:
    return Script(statements, transaction=False)


def together(*statements: str) -> Script:
    return Script(statements, transaction=True)


def requests(size: int = 100, **columns: list[Value]) -> Population:
    """`size` prototypes: 15 % from the app, a customer each, fresh keys."""
    plain: dict[str, tuple[str, list[Value]]] = {
        "id": ("bigint", [1000 + i for i in range(size)]),
        "customer_id": ("bigint", [i % 10 + 1 for i in range(size)]),
        "channel": ("text", ["app" if i % 20 < 3 else "web" for i in range(size)]),
        "bucket": ("int", [i % 100 for i in range(size)]),
    }
    kinds = {name: kind for name, (kind, _) in plain.items()} | dict.fromkeys(columns, "text")
    return Population({name: values for name, (_, values) in plain.items()} | columns, kinds, size)


def program(*lines: Line, **flags: bool) -> Program:
    return Program(lines, flags)


INSERT = Line("insert", sql="INSERT INTO orders (id, customer_id, status) VALUES ($id, $customer_id, 'new')")
