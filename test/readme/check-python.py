#!/usr/bin/env python3
"""Whether the Python of README.md can be read, and names classes that the module has and wraps.

check-python.py BLOCK REPOSITORY

Running it takes a Python package of the module, which is not published.
"""
import ast
import os
import re
import sys

# Of ITK itself.
ITKS_OWN = {"imread", "imwrite", "F"}


def main():
    block, repository = sys.argv[1:]
    with open(block) as file:
        tree = ast.parse(file.read(), block)
    names = {node.attr for node in ast.walk(tree)
             if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "itk"}
    wrapped = {name[3:-5] for name in os.listdir(os.path.join(repository, "wrapping")) if name.endswith(".wrap")}
    # SyntheticCTImageFilter has the function synthetic_ct_image_filter.
    functions = {re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower() for name in wrapped}
    unknown = names - wrapped - functions - ITKS_OWN
    if unknown or not names & (wrapped | functions):
        raise SystemExit(f"{block} names {sorted(unknown) or 'no class of this module'}, which has no .wrap file")


if __name__ == "__main__":
    main()
