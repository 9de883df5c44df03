#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks that src/ is layered: a folder includes only folders above it and has a namespace of its
own, a foreign library stays home.

One sentence a violation, exit 1; silent and exit 0 when there is none.
"""

import re
import sys

import tree_check

# From the packet's way in to the command line: each includes only itself and those before it.
FOLDERS = (
    "base capture decode record flow feature nn model detect report sensor fleet train cli"
).split()
SOURCE_SUFFIXES = (".h", ".cpp")

ANYWHERE = set(FOLDERS)
# Foreign library -> pattern of its includes, folders that may include it (in .cpp files only).
FOREIGN = {
    "libpcap": (r"pcap\.h|pcap/.+", {"capture"}),
    "zlib": (r"zlib\.h", {"capture", "record"}),
    "zstd": (r"zstd\w*\.h", {"capture", "record"}),
    "Eigen": (r"Eigen/.+", {"nn", "train"}),
    "protobuf": (r"google/protobuf/.+|.+\.pb\.h", {"model"}),
    "toml++": (r"toml\+\+/.+", {"detect", "sensor", "train"}),
    "OpenSSL": (r"openssl/.+", {"record", "report", "train"}),
    "nlohmann-json": (r"nlohmann/.+", {"report", "sensor", "fleet"}),
    "SQLite": (r"sqlite3\.h", {"sensor"}),
    "cpp-httplib": (r"httplib\.h", {"sensor"}),
    "libseccomp": (r"seccomp\.h", {"sensor"}),
    "librdkafka": (r"librdkafka/.+", {"fleet"}),
    "CLI11": (r"CLI/.+", {"cli"}),
    "fmt": (r"fmt/.+", ANYWHERE),
}
HEADERS_TOO = {"fmt"}

# C++ standard headers have neither dot nor slash; beside them the system's own.
SYSTEM = re.compile(
    r"[a-z_0-9]+"
    r"|(sys|net|netinet|arpa|linux|asm)/.+\.h"
    r"|(cxxabi|dirent|dlfcn|endian|errno|fcntl|fnmatch|getopt|glob|grp|ifaddrs|netdb|poll|pthread|pwd"
    r"|sched|semaphore|signal|spawn|stdio|stdlib|string|strings|syslog|termios|time|unistd)\.h"
    r"|([a-z]+mmintrin|x86intrin|cpuid|arm_neon)\.h"
)
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"\n]+)[>"]', re.MULTILINE)


def foreign_violation(folder, is_header, shown):
    """What is wrong with including the foreign header `shown` ('<pcap.h>') there, or None."""
    target = shown.strip('<>"')
    for library, (pattern, homes) in FOREIGN.items():
        if not re.fullmatch(pattern, target):
            continue
        if folder not in homes:
            return f"{shown}, but {library} has its home in {' and '.join(sorted(homes))}"
        if is_header and library not in HEADERS_TOO:
            return f"{shown} in a header, but {library} stays in .cpp files"
        return None
    if SYSTEM.fullmatch(target):
        return None
    return f"{shown}, which has no home in src/: give it one in tools/check_layers.py or leave it out"


def own_violation(folder, sources, shown):
    """What is wrong with including the header `shown` as one of ours there, or None."""
    target = shown.strip('<>"')
    from_src = re.sub(r"^(\.\.?/)+", "", target)
    if "/" not in from_src:
        from_src = f"{folder}/{from_src}"
    if shown != f'"{from_src}"':
        return f'{shown}: a header of ours stands in quotes by its path from src/, as in "{from_src}"'
    if f"src/{target}" not in sources:
        return f"{shown}, which is not in src/; a foreign header stands in angle brackets"
    above = target.partition("/")[0]
    if above not in FOLDERS or FOLDERS.index(above) > FOLDERS.index(folder):
        return f"{shown}, but {above} comes after {folder}: a folder includes only folders above it"
    return None


def include_violation(folder, name, sources, shown):
    target = shown.strip('<>"')
    is_ours = shown[0] == '"' or target.partition("/")[0] in FOLDERS
    if is_ours and not target.endswith(".pb.h"):
        return own_violation(folder, sources, shown)
    return foreign_violation(folder, name.endswith(".h"), shown)


def namespace_violation(folder, name, text):
    """base/ is `kanaria` itself; main() stands in no namespace."""
    own, beyond = ("kanaria", "(?!::)") if folder == "base" else (f"kanaria::{folder}", "")
    if name == "src/cli/main.cpp" or re.search(rf"^namespace {own}\b{beyond}", text, re.MULTILINE):
        return None
    return f"{name} opens no namespace {own}, which is its folder's"


def check(root):
    sources = {name for name in tree_check.project_files(root) if name.startswith("src/")}
    if not sources:
        yield "src/ holds no file: nothing was checked"
    for name in sorted(sources):
        _, folder, *inside = name.split("/")
        if not name.endswith(SOURCE_SUFFIXES):
            continue
        if not inside or folder not in FOLDERS:
            yield f"{name} stands in no known folder: src/ holds {', '.join(FOLDERS)}"
            continue
        text = tree_check.read_text(root, name) or ""
        for match in INCLUDE.finditer(text):
            shown = f"<{match[2]}>" if match[1] == "<" else f'"{match[2]}"'
            violation = include_violation(folder, name, sources, shown)
            if violation:
                line = text.count("\n", 0, match.start()) + 1
                yield f"{name}:{line} includes {violation}"
        violation = namespace_violation(folder, name, text)
        if violation:
            yield violation


def planted(include, name="src/flow/message.cpp", namespace=None):
    """A small sound tree with one more file that holds `include` in its second line."""
    folder = name.split("/")[1]
    namespace = namespace or f"kanaria::{folder}"
    return {
        "src/base/result.h": "namespace kanaria {}\n",
        "src/flow/message.h": '#include "base/result.h"\nnamespace kanaria::flow {}\n',
        "src/train/trainer.h": "namespace kanaria::train {}\n",
        name: f"// One line above.\n#include {include}\nnamespace {namespace} {{}}\n",
    }


CASES = [
    ("own, standard, system and fmt headers", planted('"flow/message.h"\n#include <vector>\n'
        "#include <sys/mman.h>\n#include <immintrin.h>\n#include <fmt/format.h>"), []),
    ("a folder further down", planted('"train/trainer.h"'),
     ['src/flow/message.cpp:2 includes "train/trainer.h", but train comes after flow: '
      "a folder includes only folders above it"]),
    ("detect never includes train", planted('"train/trainer.h"', "src/detect/verdict.cpp"),
     ['src/detect/verdict.cpp:2 includes "train/trainer.h", but train comes after detect: '
      "a folder includes only folders above it"]),
    ("fleet never includes train", planted('  "train/trainer.h"', "src/fleet/producer.cpp"),
     ['src/fleet/producer.cpp:2 includes "train/trainer.h", but train comes after fleet: '
      "a folder includes only folders above it"]),
    ("cli includes everything", planted('"train/trainer.h"', "src/cli/main.cpp"), []),
    ("no path from src/", planted('"message.h"'),
     ['src/flow/message.cpp:2 includes "message.h": a header of ours stands in quotes by its path '
      'from src/, as in "flow/message.h"']),
    ("a relative path", planted('"../base/result.h"'),
     ['src/flow/message.cpp:2 includes "../base/result.h": a header of ours stands in quotes by its '
      'path from src/, as in "base/result.h"']),
    ("ours in angle brackets", planted("<base/result.h>"),
     ["src/flow/message.cpp:2 includes <base/result.h>: a header of ours stands in quotes by its "
      'path from src/, as in "base/result.h"']),
    ("a header that is not there", planted('"base/nothing.h"'),
     ['src/flow/message.cpp:2 includes "base/nothing.h", which is not in src/; a foreign header '
      "stands in angle brackets"]),
    ("libpcap at home", planted("<pcap.h>", "src/capture/live.cpp"), []),
    ("libpcap away from home", planted("<pcap/pcap.h>"),
     ["src/flow/message.cpp:2 includes <pcap/pcap.h>, but libpcap has its home in capture"]),
    ("libpcap in a header", planted("<pcap.h>", "src/capture/live.h"),
     ["src/capture/live.h:2 includes <pcap.h> in a header, but libpcap stays in .cpp files"]),
    ("Eigen away from home", planted("<Eigen/Dense>", "src/detect/verdict.cpp"),
     ["src/detect/verdict.cpp:2 includes <Eigen/Dense>, but Eigen has its home in nn and train"]),
    ("generated protobuf at home", planted('"onnx.pb.h"', "src/model/file.cpp"), []),
    ("generated protobuf away from home", planted('"model/onnx.pb.h"', "src/nn/mlp.cpp"),
     ['src/nn/mlp.cpp:2 includes "model/onnx.pb.h", but protobuf has its home in model']),
    ("a foreign library without a home", planted("<gtest/gtest.h>"),
     ["src/flow/message.cpp:2 includes <gtest/gtest.h>, which has no home in src/: give it one in "
      "tools/check_layers.py or leave it out"]),
    ("a namespace within the folder's", planted("<span>", namespace="kanaria::flow::detail"), []),
    ("another folder's namespace", planted("<span>", namespace="kanaria::decode"),
     ["src/flow/message.cpp opens no namespace kanaria::flow, which is its folder's"]),
    ("a namespace below that of base", planted("<span>", "src/base/text.h", "kanaria::base"),
     ["src/base/text.h opens no namespace kanaria, which is its folder's"]),
    ("main stands in none", planted("<span>", "src/cli/main.cpp", "elsewhere"), []),
    ("an unknown folder", planted("<span>", "src/stream/message.cpp"),
     [f"src/stream/message.cpp stands in no known folder: src/ holds {', '.join(FOLDERS)}"]),
    ("a source right in src/", planted("<span>", "src/message.cpp"),
     [f"src/message.cpp stands in no known folder: src/ holds {', '.join(FOLDERS)}"]),
    ("no source at all", {"README.md": "nothing\n"}, ["src/ holds no file: nothing was checked"]),
]

if __name__ == "__main__":
    sys.exit(tree_check.main(check, CASES))
