"""Makes the tables in this folder from the catalogues that they are taken from: see README.md.

    python3 data/refresh.py PRICES.tsv MODELS.tsv INFERENCE-PROFILES.tsv RETIRED.tsv CAPABILITIES.tsv
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


def known(cell):
    return {"true": "yes", "false": "no"}.get(cell.lower(), "")


def capabilities(path):
    """What a model is known to do and not to do, by its ID."""
    return {
        row["key"]: [known(row["supports_function_calling"]), known(row["supports_native_structured_output"])]
        for row in rows(path)
    }


def models(of_models, of_retired, of_capabilities):
    features = capabilities(of_capabilities)
    ends = {row["model_id"]: row["ends"] for row in rows(HERE / "ends.tsv")}
    listed = set()
    for row in rows(of_models):
        model = row["model_id"]
        listed.add(model)
        surface = "mantle" if row["throughput_class"] == "mantle-only" else "runtime"
        yield [
            model,
            row["lifecycle"],
            ends.get(model) or row["deprecation_date"],
            surface,
            row["on_demand_runtime_regions"],
            row["inference_profile_ids"],
            known(row["streaming"]),
            row["input_modalities"].lower().replace("/", ","),
            row["output_modalities"].lower().replace("/", ","),
            *features.get(row["litellm_key"], features.get(model, ["", ""])),
        ]
    # What was listed once, and by no scan since.
    retired = {row["base_model_id"]: row["deprecation_date"] for row in rows(of_retired)} | ends
    for model, end in retired.items():
        if model not in listed and "@" not in model:
            yield [model, "RETIRED", end, "runtime", *[""] * 7]


def profiles(path):
    """A row for each set of destinations: one profile may lead elsewhere from another Region."""
    sources = {}
    for row in rows(path):
        destinations = row["destination_regions"].replace("(all commercial regions)", "*")
        key = (row["profile_id"], row["model_id"], destinations)
        sources.setdefault(key, []).append(row["source_region"])
    for (profile, model, destinations), regions in sources.items():
        yield [profile, model, ",".join(sorted(regions)), destinations]


def main():
    of_prices, of_models, of_profiles, of_retired, of_capabilities = sys.argv[1:]
    write("prices.tsv", ["key", "input", "output", "call", "max_output"], prices(of_prices))
    head = ["model_id", "lifecycle", "ends", "surface", "on_demand", "profiles", "streaming", "input", "output"]
    head += ["tools", "structured_output"]
    write("models.tsv", head, models(of_models, of_retired, of_capabilities))
    head = ["profile_id", "model_id", "source_regions", "destination_regions"]
    write("inference-profiles.tsv", head, profiles(of_profiles))


main()
