package io.reseal.files;

import io.reseal.contract.SectorFacts;
import io.reseal.fuzz.Fuzzed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Fuzz target: files in stores and scratch that others may have written. */
public final class OwnFilesFuzz {

  private OwnFilesFuzz() {}

  /** Takes one input. */
  public static void fuzzerTestOneInput(byte[] input) {
    Path root = Fuzzed.file(StorePolicy.FILE, input).getParent();
    Fuzzed.parse(() -> StorePolicy.read(root), IOException.class);
    SectorFacts facts = TestSector.facts(1);
    Fuzzed.parse(
        () -> {
          Scratch scratch = new Scratch(Files.createDirectories(root.resolve("scratch")));
          Path owners = Files.createDirectories(root.resolve("scratch/reseal"));
          Files.write(owners.resolve("s-t01001-123.json"), input);
          Files.write(owners.resolve("s-t01001-123.origin"), input);
          scratch.origin(Scratch.Claim.of(facts));
          scratch.claims();
        });
    Fuzzed.parse(
        () -> {
          Path reserved = Files.createDirectories(root.resolve("reserved"));
          Files.write(reserved.resolve("s-t01001-123.json"), input);
          new Reservations(reserved, new Durable()).all();
        });
  }
}
