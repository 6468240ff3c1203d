"""Logs of other formats than W3C, and the peers that read them by themselves."""

# The layout of each.
LAYOUTS = {
    "squid": "native", "palo-alto": "csv", "fortigate": "key-value", "cef": "url",
    "zscaler": "json",
}
# Readers of CSV and JSON; fields told apart by runs of blanks, pairs and CEF are nobody's.
READ_BY_PEERS = ("palo-alto", "zscaler")


def made(sets, name, size):
    """The plain log, the same as one zstd frame, and what is in it."""
    layout = LAYOUTS[name]
    plain, totals = sets.layout(name, layout, size)
    packed, _ = sets.layout(name, layout, size, packing="zstd-one")
    truth = {key: totals[key] for key in ("lines", "events", "users")}
    for key in ("uploaded", "downloaded"):
        truth[key] = totals[f"{key}_bytes"] or 0
    return plain, packed, truth


def peers(name):
    """The scripts of the peers that read a format."""
    if name not in READ_BY_PEERS:
        return {}
    words = name.replace("-", "_")
    return {peer: f"{peer}_{words}.py" for peer in ("polars", "duckdb")}
