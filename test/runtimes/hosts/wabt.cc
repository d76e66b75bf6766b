// A host that is not JavaScript: wabt's interpreter, by its C++ interface. It instantiates a module, the core as it ships or an
// exported model, copies an image into its memory (none where IMAGE is -), calls a function with 32-bit integers, prints what it
// gives, and writes the memory to a file.
//   wabt MODULE.wasm IMAGE OUTPUT FUNCTION [ARGUMENT …]
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>
#include "wabt/binary-reader.h"
#include "wabt/error-formatter.h"
#include "wabt/interp/binary-reader-interp.h"
#include "wabt/interp/interp.h"

using namespace wabt;
using namespace wabt::interp;

static void check(bool ok, const std::string& what) {
  if (ok) return;
  fprintf(stderr, "wabt: %s\n", what.c_str());
  exit(1);
}

static std::vector<uint8_t> read(const char* path) {
  FILE* file = fopen(path, "rb");
  check(file, std::string("cannot read ") + path);
  std::vector<uint8_t> bytes;
  uint8_t block[65536];
  while (size_t n = fread(block, 1, sizeof block, file)) bytes.insert(bytes.end(), block, block + n);
  fclose(file);
  return bytes;
}

/** The object that the module exports under a name. */
static Ref exported(const ModuleDesc& desc, const Instance& instance, const char* name) {
  for (size_t i = 0; i < desc.exports.size(); i++) {
    if (desc.exports[i].type.name == name) return instance.exports()[i];
  }
  check(false, std::string("the module exports no ") + name);
  return Ref::Null;
}

int main(int count, char** argv) {
  const auto binary = read(argv[1]);
  const bool with_image = strcmp(argv[2], "-") != 0;
  const auto image = with_image ? read(argv[2]) : std::vector<uint8_t>();
  Values arguments;
  for (int i = 5; i < count; i++) arguments.push_back(Value::Make(static_cast<uint32_t>(strtoul(argv[i], nullptr, 10))));

  Features features;
  features.EnableAll();
  Errors errors;
  ModuleDesc desc;
  const ReadBinaryOptions options(features, nullptr, false, true, true);
  const bool parsed = Succeeded(ReadBinaryInterp(argv[1], binary.data(), binary.size(), options, &errors, &desc));
  check(parsed, FormatErrorsToString(errors, Location::Type::Binary));
  Store store(features);
  Module::Ptr module = Module::New(store, desc);
  Trap::Ptr trap;
  Instance::Ptr instance = Instance::Instantiate(store, module.ref(), {}, &trap);
  check(!trap, trap ? trap->message() : "");

  Memory::Ptr memory(store, exported(desc, *instance, "memory"));
  if (with_image) {
    check(Succeeded(memory->Grow((image.size() - memory->ByteSize()) / 65536)), "the memory does not grow");
    memcpy(memory->UnsafeData(), image.data(), image.size());
  }

  Func::Ptr function(store, exported(desc, *instance, argv[4]));
  Values results;
  const bool ran = Succeeded(function->Call(store, arguments, results, &trap));
  check(ran, trap ? trap->message() : "the call failed");
  printf("%u\n", results[0].Get<uint32_t>());

  FILE* output = fopen(argv[3], "wb");
  check(output, std::string("cannot write ") + argv[3]);
  check(fwrite(memory->UnsafeData(), 1, memory->ByteSize(), output) == memory->ByteSize(), "cannot write the memory");
  fclose(output);
}
