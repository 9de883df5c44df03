// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/progress_bar.h"
#include "capture/byte_sink.h"
#include "cli/capture_words.h"
#include "cli/command.h"
#include "cli/dataset_generate.h"
#include "cli/interrupt.h"
#include "cli/training_options.h"
#include "cli/usage.h"
#include "feature/lens.h"
#include "train/data_file.h"
#include "train/labelled_rows.h"
#include "train/labels.h"
#include "train/perturbation.h"

namespace kanaria::cli {
namespace {

struct Options {
  std::vector<std::string> labels;
  std::vector<std::string> captures;
  std::string label;
  train::LabelRow label_row;  // of all connections of `captures`
  train::RowOptions rows;
  Generation generation;
  std::string output = "-";
};

struct Parsed {
  std::optional<int> exit_code;
  Options options;
};

struct Words {
  std::vector<std::string> read;
  std::vector<std::string> others;  // a filter behind -r, else LABELS.csv files
  std::vector<std::string> perturbations;
  double max_gap = 0;
};

void add_options(CLI::App& app, Options& o, Words& words) {
  app.option_defaults()->always_capture_default();
  app.add_option(
         "LABELS", words.others,
         "LABELS.csv...: which connections of which captures mine (docs/labels.md); with -r a "
         "pcap-filter(7) expression: only packets that match it")
      ->type_name(" ");
  app.add_option("-o", o.output, "write here, compressed by the name: .gz, .zst; - is stdout")
      ->type_name("DATA.csv");
  app.add_option("-r", words.read, "captures whose connections all have one label; - is stdin")
      ->type_name("FILE...")
      ->group("Captures without LABELS.csv");
  app.add_option("--label", o.label, "that label")
      ->check(CLI::IsMember({"mining", "benign"}))
      ->type_name("mining|benign")
      ->group("Captures without LABELS.csv");
  for (const auto& [name, member, sentence] :
       {std::tuple{"--kind", &train::LabelRow::kind, "what it is: xmrig-tls, ssh, ..."},
        {"--source", &train::LabelRow::source, "where the captures come from"},
        {"--group", &train::LabelRow::group, "what belongs together; the source when not given"}})
    app.add_option(name, o.label_row.*member, sentence)
        ->type_name("TEXT")
        ->group("Captures without LABELS.csv");
  app.add_option("--lens", o.rows.lens, "how connections are described: rhythm, pair or header")
      ->group("Rows");
  add_row_options(app, o.rows);
  app.add_option("--max-gap", words.max_gap,
                 "lens pair: longest time between a pair's segments, seconds (0: any)")
      ->check(CLI::NonNegativeNumber)
      ->group("Rows");
  app.add_option("--perturb", words.perturbations,
                 "change each connection's messages, repeatable, in this order: padding:BYTES, "
                 "buckets:BYTES, offset:BYTES, client-offset:BYTES, server-offset:BYTES, "
                 "scale:FACTOR, dummies:SHARE, jitter:SECONDS, delay:SECONDS, "
                 "splitting:SHARE, merging:SECONDS, loss:SHARE, speed:FACTOR (docs/dataset.md)")
      ->allow_extra_args(false)
      ->type_name("NAME:AMOUNT")
      ->default_str("")
      ->group("Perturbation");
  app.add_option("--seed", o.rows.seed, "of what is random in it: same seed, same rows")
      ->group("Perturbation");
  add_generate_options(app, o.generation);
  app.footer(
      "examples:\n"
      "  kanaria dataset captures/LABELS.csv -o office.csv.zst\n"
      "  kanaria dataset -r coinhive.pcap host 10.0.0.7 and port 443 --label mining\n\n"
      "exit code: 0 written, 1 a capture not read whole or failed, 2 wrong use");
}

std::string misuse_with_generate(const Options& o, const Words& words) {
  if (!words.read.empty() || !words.others.empty())
    return "--generate needs no captures: name neither LABELS.csv nor -r with it";
  if (!(o.label + o.label_row.kind + o.label_row.source + o.label_row.group).empty())
    return "--label, --kind, --source and --group belong to -r: dialects say them themselves";
  if (!words.perturbations.empty() || words.max_gap > 0)
    return "--perturb and --max-gap change captures: leave them out with --generate";
  return "";
}

// What is wrong with how the command was used; empty: nothing.
std::string misuse(const Options& o, const Words& words) {
  if (!o.generation.files.empty()) return misuse_with_generate(o, words);
  if (words.read.empty() && words.others.empty())
    return "name LABELS.csv, or captures with -r FILE; see 'kanaria dataset --help'";
  if (!words.read.empty() && o.label.empty())
    return "-r needs the label of its connections: --label mining or --label benign";
  if (words.read.empty() &&
      !(o.label + o.label_row.kind + o.label_row.source + o.label_row.group).empty())
    return "--label, --kind, --source and --group belong to -r: LABELS.csv says them itself";
  const auto checked = train::check_row_options(o.rows);
  return checked ? std::string() : checked.error().sentence;
}

Parsed parse_options(std::span<char*> arguments) {
  Parsed parsed;
  Options& o = parsed.options;
  Words words;
  CLI::App app{"Write the labelled rows of captures as a CSV file (docs/dataset.md).",
               "kanaria dataset"};
  add_options(app, o, words);
  if ((parsed.exit_code =
           parse(app,
                 "usage: kanaria dataset LABELS.csv... [-o DATA.csv]\n"
                 "       kanaria dataset -r FILE... [FILTER] --label mining|benign [-o DATA.csv]\n"
                 "       kanaria dataset --generate FILE.toml... --lens rhythm [-o DATA.csv]",
                 arguments)))
    return parsed;
  if (words.read.empty()) {
    o.labels = words.others;
  } else {
    CaptureWords split = captures_and_filter(words.read, words.others);
    o.captures = std::move(split.captures);
    o.rows.filter = std::move(split.filter);
  }
  o.generation.options.lens = o.rows.lens;
  o.generation.options.seed = o.rows.seed;
  o.generation.options.copies = o.rows.copies;
  o.generation.options.most_rows = o.rows.most_rows;
  o.label_row.label = o.label == "mining" ? train::Label::kMining : train::Label::kBenign;
  if (o.label_row.group.empty()) o.label_row.group = o.label_row.source;
  if (words.max_gap > 0)
    o.rows.lens_options.max_gap = static_cast<Nanoseconds>(std::min(words.max_gap, 1e9) * 1e9);
  const auto refuse = [&](const std::string& sentence) {
    complain(sentence);
    parsed.exit_code = kUsage;
    return parsed;
  };
  for (const std::string& spec : words.perturbations) {
    const auto perturbation = train::parse_perturbation(spec);
    if (!perturbation) return refuse(perturbation.error().sentence);
    o.rows.perturbations.push_back(*perturbation);
  }
  if (!is_one_of("lens", o.rows.lens, feature::lens_names()))
    parsed.exit_code = kUsage;
  else if (const std::string sentence = misuse(o, words); !sentence.empty())
    return refuse(sentence);
  return parsed;
}

Result<train::Labels> read_labels(const Options& o) {
  train::Labels labels;
  for (const std::string& path : o.labels) {
    auto loaded = train::Labels::load(path);
    if (!loaded) return loaded.error();
    labels.append(*std::move(loaded));
  }
  for (const std::string& capture : o.captures) labels.add(capture, o.label_row);
  return labels;
}

// Writing begins by emptying the file.
Status check_output(const Options& o, const train::Labels& labels) {
  std::vector<std::string> inputs = labels.captures();
  inputs.insert(inputs.end(), o.labels.begin(), o.labels.end());
  for (const std::string& input : inputs) {
    std::error_code ignored;
    if (std::filesystem::equivalent(input, o.output, ignored))
      return Error{
          fmt::format("{}: is read from and cannot be written to; name another file", o.output)};
  }
  return Done{};
}

std::string counted(uint64_t count, std::string_view thing) {
  return fmt::format("{} {}{}", count, thing, count == 1 ? "" : "s");
}

std::string summary(const train::DataFileWriter::Counts& counts) {
  return fmt::format("{} of {} in {}: {} mining, {} benign", counted(counts.rows(), "row"),
                     counted(counts.connections, "connection"), counted(counts.captures, "capture"),
                     counts.mining_rows, counts.benign_rows);
}

Error no_row(const Options& o, const train::Labels& labels) {
  if (o.captures.empty()) return train::nothing_matches(labels);
  return {fmt::format("no connection of the {} gave a row; check the filter and --max-gap",
                      counted(o.captures.size(), "capture"))};
}

int fail(const Error& error) {
  complain(error.sentence);
  return kFailed;
}

int run(const Options& o) {
  const auto& stop = interrupt_flag();
  const auto labels = read_labels(o);
  if (!labels) return fail(labels.error());
  const auto lens = feature::make_lens(o.rows.lens, o.rows.lens_options);
  if (!lens) return fail(lens.error());
  if (const auto checked = check_output(o, *labels); !checked) return fail(checked.error());
  auto out = capture::create_bytes(o.output);
  if (!out) return fail(out.error());

  train::DataFileWriter writer(**out, **lens);
  ProgressBar bar("reading captures", 1000);
  const auto faults = train::read_labelled_rows(
      *labels, o.rows, stop,
      [&](double share) {
        bar.update(static_cast<uint64_t>(share * 1000),
                   fmt::format("{} rows", writer.counts().rows()));
      },
      writer);
  bar.finish();
  const Status written = (*out)->finish();
  if (!faults) return fail(faults.error());
  if (!written) return fail(written.error());
  for (const Error& fault : *faults) complain(fault.sentence);
  if (stop) {
    complain(fmt::format("stopped before the end of the captures: {}", summary(writer.counts())));
    return kFailed;
  }
  if (writer.counts().rows() == 0) return fail(no_row(o, *labels));
  complain(summary(writer.counts()));
  return faults->empty() ? kRan : kFailed;
}

}  // namespace

int dataset_main(std::span<char*> arguments) {
  const Parsed parsed = parse_options(arguments);
  if (parsed.exit_code) return *parsed.exit_code;
  const Options& o = parsed.options;
  return o.generation.files.empty() ? run(o) : generate_data_set(o.generation, o.output);
}

}  // namespace kanaria::cli
