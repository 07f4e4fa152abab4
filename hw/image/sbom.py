#!/usr/bin/env python3
"""What a root of the appliance is made of: CycloneDX 1.6 as JSON, and a manifest of `package=version` lines.

    sbom.py ROOT --crates TREE --lock Cargo.lock --version NAME --sbom FILE --manifest FILE

Debian packages are read from ROOT/var/lib/dpkg/status, their licences from ROOT/usr/share/doc/*/copyright where that is
machine-readable (Debian's copyright format 1.0); of the others it says none. Crates are read from what
`cargo tree --prefix depth --format '|{p}|{l}|{r}'` printed, their hashes from Cargo.lock. Of the kernel's and the cards'
firmware it says what package it came in, no more. SOURCE_DATE_EPOCH is the time in it; the same input gives the same
octets.
"""
import argparse
import json
import os
import re
import sys
import tomllib
import uuid
from datetime import datetime, timezone
from pathlib import Path
from urllib.parse import quote

# Debian's short names of licences that have another in the list of SPDX.
SPDX = {
    "Expat": "MIT", "MIT": "MIT", "ISC": "ISC", "X11": "X11", "Zlib": "Zlib", "zlib": "Zlib", "CC0-1.0": "CC0-1.0",
    "Apache-2.0": "Apache-2.0", "Apache-2": "Apache-2.0", "curl": "curl", "BSD-2-clause": "BSD-2-Clause",
    "BSD-2-Clause": "BSD-2-Clause", "BSD-3-clause": "BSD-3-Clause", "BSD-3-Clause": "BSD-3-Clause",
    "GPL-1": "GPL-1.0-only", "GPL-1+": "GPL-1.0-or-later", "GPL-2": "GPL-2.0-only", "GPL-2+": "GPL-2.0-or-later",
    "GPL-3": "GPL-3.0-only", "GPL-3+": "GPL-3.0-or-later", "LGPL-2": "LGPL-2.0-only", "LGPL-2+": "LGPL-2.0-or-later",
    "LGPL-2.1": "LGPL-2.1-only", "LGPL-2.1+": "LGPL-2.1-or-later", "LGPL-3": "LGPL-3.0-only",
    "LGPL-3+": "LGPL-3.0-or-later",
}
# cargo tree's line: depth, name, version, what is said beside it (a path where the crate is ours), licence.
CRATE = re.compile(r"^(\d+)\|(\S+) v(\S+)[^|]*\|([^|]*)\|")


def main():
    args = arguments()
    packages = installed(args.root)
    crates, needs = crates_of(args.crates, args.lock)
    if not packages or not crates:
        sys.exit(f"sbom.py: {len(packages)} packages in {args.root} and {len(crates)} crates in {args.crates}: one is empty")
    components = [debian_component(args.root, p) for p in packages] + [crate_component(c) for c in crates]
    bom = document(args.version, components, depends(packages) | needs)
    args.sbom.write_text(json.dumps(bom, indent=1, ensure_ascii=False) + "\n")
    args.manifest.write_text("".join(f"{p['Package']}={p['Version']}\n" for p in packages))
    unlicensed = sum("licenses" not in c for c in components)
    print(f"{len(packages)} packages, {len(crates)} crates; of {unlicensed} the licence is not machine-readable")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("root", type=Path)
    for name in ("crates", "lock", "sbom", "manifest"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--version", required=True)
    return parser.parse_args()


def document(version, components, needs):
    """The whole, whose serial number is that of its content."""
    components.sort(key=lambda c: c["bom-ref"])
    graph = [{"ref": ref, "dependsOn": sorted(on)} for ref, on in sorted(needs.items()) if on]
    content = json.dumps([version, components, graph], sort_keys=True)
    time = datetime.fromtimestamp(int(os.environ.get("SOURCE_DATE_EPOCH", "0")), timezone.utc)
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_OID, content)}",
        "version": 1,
        "metadata": {
            "timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "component": {"bom-ref": "appliance", "type": "firmware", "name": "sluice-appliance", "version": version},
        },
        "components": components,
        "dependencies": graph,
    }


# ---- Debian packages

def installed(root):
    """What is unpacked and configured, by name."""
    paragraphs = (root / "var/lib/dpkg/status").read_text().split("\n\n")
    packages = [fields(p) for p in paragraphs if p.strip()]
    return sorted((p for p in packages if p.get("Status", "").endswith(" installed")), key=lambda p: p["Package"])


def fields(paragraph):
    """Of a paragraph of Debian's control format; lines that continue one are joined to it."""
    found = {}
    for line in re.sub(r"\n[ \t]+", " ", paragraph).splitlines():
        name, colon, value = line.partition(":")
        if colon:
            found[name] = value.strip()
    return found


def debian_ref(package):
    """Its package URL. Ours are no packages of Debian."""
    vendor = "sluice" if is_ours(package) else "debian"
    ref = f"pkg:deb/{vendor}/{quote(package['Package'], '')}@{quote(package['Version'], '')}?arch={package['Architecture']}"
    return ref if is_ours(package) else f"{ref}&distro=debian-12"


def is_ours(package):
    return package["Maintainer"].startswith("Sluice ")


def debian_component(root, package):
    source, _, version = package.get("Source", package["Package"]).partition(" ")
    component = {
        "bom-ref": debian_ref(package), "type": "library", "name": package["Package"], "version": package["Version"],
        "purl": debian_ref(package),
        "properties": [{"name": "sluice:debian:source", "value": f"{source}={version.strip('()') or package['Version']}"}],
    }
    licences = debian_licences(root / "usr/share/doc" / package["Package"] / "copyright")
    if licences:
        component["licenses"] = [{"license": licence} for licence in licences]
    return component


def debian_licences(file):
    """Each short name once; where two are offered or a word is added to one, that text is its name."""
    text = file.read_text(errors="replace") if file.is_file() else ""
    if not re.match(r"Format(-Specification)?:", text):
        return []
    names = {n.strip() for n in re.findall(r"^License:(.*)$", text, re.MULTILINE)} - {""}
    spdx = {SPDX[n] for n in names if n in SPDX}
    return [{"id": n} for n in sorted(spdx)] + [{"name": n} for n in sorted(names - SPDX.keys())]


def depends(packages):
    """Which package needs which of the installed; of several that would do, those that are there."""
    providers = {}
    for package in packages:
        for name in [package["Package"], *names_in(package.get("Provides", ""))]:
            providers.setdefault(name, set()).add(debian_ref(package))
    needs = {}
    for package in packages:
        wanted = names_in(package.get("Depends", "") + "," + package.get("Pre-Depends", ""))
        needs[debian_ref(package)] = set().union(*(providers.get(n, ()) for n in wanted)) - {debian_ref(package)}
    return needs


def names_in(relations):
    return [match[1] for r in re.split(r"[,|]", relations) if (match := re.match(r"\s*([a-z0-9][a-z0-9.+-]*)", r))]


# ---- Crates

def crates_of(tree, lock):
    """The crates in cargo's tree, and which needs which."""
    hashes = {(p["name"], p["version"]): p.get("checksum") for p in tomllib.loads(lock.read_text())["package"]}
    crates, needs, above = {}, {}, []
    for number, line in enumerate(filter(None, tree.read_text().splitlines()), 1):
        match = CRATE.match(line)
        if not match:
            sys.exit(f"sbom.py: {tree}:{number}: not of the form depth|crate|licence|: {line[:80]}")
        depth, name, version, licence = int(match[1]), match[2], match[3], match[4]
        ref = f"pkg:cargo/{name}@{version}"
        crates[ref] = {"ref": ref, "name": name, "version": version, "licence": licence, "hash": hashes.get((name, version))}
        needs.setdefault(ref, set())
        above[depth:] = [ref]
        if depth:
            needs[above[depth - 1]].add(ref)
    return list(crates.values()), needs


def crate_component(crate):
    component = {"bom-ref": crate["ref"], "type": "library", "name": crate["name"], "version": crate["version"], "purl": crate["ref"]}
    if crate["licence"]:
        # The stroke is what `OR` was written as once.
        component["licenses"] = [{"expression": crate["licence"].replace("/", " OR ")}]
    if crate["hash"]:
        component["hashes"] = [{"alg": "SHA-256", "content": crate["hash"]}]
    return component


if __name__ == "__main__":
    main()
