// SPDX-License-Identifier: Apache-2.0
#include "cli/dataset_generate.h"

#include <filesystem>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/progress_bar.h"
#include "capture/byte_sink.h"
#include "cli/command.h"
#include "cli/interrupt.h"
#include "cli/usage.h"
#include "train/data_file.h"

namespace kanaria::cli {
namespace {

int fail(const Error& error) {
  complain(error.sentence);
  return kFailed;
}

// Writing begins by emptying the file.
Status check_output(const Generation& generation, const std::string& output) {
  for (const std::string& file : generation.files) {
    std::error_code ignored;
    if (std::filesystem::equivalent(file, output, ignored))
      return Error{
          fmt::format("{}: is read from and cannot be written to; name another file", output)};
  }
  return Done{};
}

std::string summary(const train::DataFileWriter::Counts& counts) {
  return fmt::format("{} rows of {} generated connections: {} mining, {} benign", counts.rows(),
                     counts.connections, counts.mining_rows, counts.benign_rows);
}

// The command's result once all that can be wrong beforehand was looked at.
int write_rows(const Generation& generation, const std::vector<train::DialectFile>& files,
               feature::Lens& lens, capture::ByteSink& out) {
  const auto& stop = interrupt_flag();
  train::DataFileWriter writer(out, lens);
  ProgressBar bar("generating", 1000);
  const Status generated = train::generate_rows(
      files, generation.options, lens, stop,
      [&](double share) {
        bar.update(static_cast<uint64_t>(share * 1000),
                   fmt::format("{} rows", writer.counts().rows()));
      },
      writer);
  bar.finish();
  const Status written = out.finish();
  if (!generated) return fail(generated.error());
  if (!written) return fail(written.error());
  complain((stop ? "stopped before the end: " : "") + summary(writer.counts()));
  return stop ? kFailed : kRan;
}

}  // namespace

void add_generate_options(CLI::App& app, Generation& generation) {
  app.add_option("--generate", generation.files,
                 "descriptions of dialects: rows of connections made from them "
                 "(docs/generator.md)")
      ->type_name("FILE.toml...")
      ->default_str("")
      ->group("Without captures");
  app.add_option("--per-dialect", generation.options.per_dialect, "connections of each dialect")
      ->check(CLI::Range(1, 1'000'000))
      ->type_name("N")
      ->group("Without captures");
}

int generate_data_set(const Generation& generation, const std::string& output) {
  const auto lens = feature::make_lens(generation.options.lens, {});
  if (!lens) return fail(lens.error());
  if (const auto checked = train::check_generating_lens(**lens); !checked) {
    complain(checked.error().sentence);
    return kUsage;
  }
  const auto files = train::read_dialect_files(generation.files);
  if (!files) return fail(files.error());
  if (const auto checked = check_output(generation, output); !checked) return fail(checked.error());
  auto out = capture::create_bytes(output);
  if (!out) return fail(out.error());
  return write_rows(generation, *files, **lens, **out);
}

}  // namespace kanaria::cli
