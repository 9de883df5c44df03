// SPDX-License-Identifier: Apache-2.0
#include "record/crypto_pan_key.h"

#include <gtest/gtest.h>

#include "tests/base/bytes.h"
#include "tests/base/temporary_folder.h"
#include "tests/record/traced_frame.h"

namespace kanaria::test {
namespace {

constexpr std::string_view kCountingDigits =
    "000102030405060708090a0b0c0d0e0f101112131415161718191A1B1C1D1E1F";

TEST(CryptoPanKey, IsReadAs32BytesOrAs64Digits) {
  const TemporaryFolder folder;
  const auto key = counting_key();
  EXPECT_EQ(*record::read_key(folder.write("raw", key)), key);
  EXPECT_EQ(*record::read_key(folder.write("hex", text(kCountingDigits))), key);
  const Bytes framed = text("\n ") + text(kCountingDigits) + text("\r\n");
  EXPECT_EQ(*record::read_key(folder.write("framed", framed)), key);
}

TEST(CryptoPanKey, OfAnyOtherLengthOrWordingIsRefused) {
  const TemporaryFolder folder;
  const Bytes digits = text(kCountingDigits);
  for (const Bytes& wrong :
       {Bytes{}, zeros(31), zeros(33), zeros(4096), digits.cut_to(63), digits + text("0"),
        digits.with(10, 'g'), digits.with(10, ' '), digits.with(10, '-'), text(" \n")}) {
    const auto key = record::read_key(folder.write("key", wrong));
    ASSERT_FALSE(key) << wrong.size();
    EXPECT_EQ(key.error().sentence,
              folder.path("key") +
                  ": is not a key of 32 bytes or 64 hexadecimal digits; create one under another "
                  "name with 'openssl rand -out KEYFILE 32'");
  }
}

TEST(CryptoPanKey, ThatIsMissingTellsHowToCreateOne) {
  const auto key = record::read_key("/nowhere/key");
  ASSERT_FALSE(key);
  EXPECT_EQ(key.error().sentence,
            "/nowhere/key: the key cannot be opened (No such file or directory); create one with "
            "'openssl rand -out /nowhere/key 32'");
}

TEST(CryptoPanKey, OfChanceIsAnotherEachTime) {
  EXPECT_NE(*record::random_key(), *record::random_key());
}

}  // namespace
}  // namespace kanaria::test
