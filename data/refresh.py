"""Makes the tables in this folder from the catalogues that they are taken from: see README.md.

    python3 data/refresh.py PRICES.tsv MODELS.tsv INFERENCE-PROFILES.tsv
"""

import csv
import pathlib
import sys

HERE = pathlib.Path(__file__).parent


def rows(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def write(name, head, lines):
    lines = sorted(set("\t".join(line) for line in lines))
    (HERE / name).write_text("\t".join(head) + "\n" + "\n".join(lines) + "\n", encoding="utf-8")


def million(cost):
    """USD a token as USD a million tokens, without the noise of binary fractions."""
    return f"{float(cost) * 1e6:.6f}".rstrip("0").rstrip(".") if cost else ""


def prices(path):
    for row in rows(path):
        key = row["key"]
        # Sold in another way: by commitment, through another service, by image size.
        if "commitment" in key or key.startswith("bedrock_mantle/") or "-x-" in key:
            continue
        call = row["output_cost_per_image"] or row["input_cost_per_query"]
        if row["input_cost_per_token"] or row["output_cost_per_token"] or call:
            costs = [million(row["input_cost_per_token"]), million(row["output_cost_per_token"]), call]
            yield [key, *costs, row["max_output_tokens"]]


def models(path):
    for row in rows(path):
        if row["throughput_class"] != "mantle-only":
            yield [row["model_id"], row["lifecycle"], row["on_demand_runtime_regions"], row["inference_profile_ids"]]


def profiles(path):
    regions = {}
    for row in rows(path):
        regions.setdefault(row["profile_id"], []).append(row["source_region"])
    for profile, sources in regions.items():
        yield [profile, ",".join(sorted(sources))]


def main():
    of_prices, of_models, of_profiles = sys.argv[1:]
    write("prices.tsv", ["key", "input", "output", "call", "max_output"], prices(of_prices))
    write("models.tsv", ["model_id", "lifecycle", "on_demand", "profiles"], models(of_models))
    write("inference-profiles.tsv", ["profile_id", "source_regions"], profiles(of_profiles))


main()
