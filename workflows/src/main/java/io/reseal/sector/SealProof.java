package io.reseal.sector;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * A registered seal proof: sector size and generation of the proof. The number is the one on chain
 * and in other systems' records; the name is the sealing library's.
 */
public enum SealProof {
  KIB_2_V1(0, SectorSize.KIB_2, Version.V1),
  MIB_8_V1(1, SectorSize.MIB_8, Version.V1),
  MIB_512_V1(2, SectorSize.MIB_512, Version.V1),
  GIB_32_V1(3, SectorSize.GIB_32, Version.V1),
  GIB_64_V1(4, SectorSize.GIB_64, Version.V1),
  KIB_2_V1_1(5, SectorSize.KIB_2, Version.V1_1),
  MIB_8_V1_1(6, SectorSize.MIB_8, Version.V1_1),
  MIB_512_V1_1(7, SectorSize.MIB_512, Version.V1_1),
  GIB_32_V1_1(8, SectorSize.GIB_32, Version.V1_1),
  GIB_64_V1_1(9, SectorSize.GIB_64, Version.V1_1),
  KIB_2_SYNTHETIC(10, SectorSize.KIB_2, Version.SYNTHETIC),
  MIB_8_SYNTHETIC(11, SectorSize.MIB_8, Version.SYNTHETIC),
  MIB_512_SYNTHETIC(12, SectorSize.MIB_512, Version.SYNTHETIC),
  GIB_32_SYNTHETIC(13, SectorSize.GIB_32, Version.SYNTHETIC),
  GIB_64_SYNTHETIC(14, SectorSize.GIB_64, Version.SYNTHETIC),
  KIB_2_NON_INTERACTIVE(15, SectorSize.KIB_2, Version.NON_INTERACTIVE),
  MIB_8_NON_INTERACTIVE(16, SectorSize.MIB_8, Version.NON_INTERACTIVE),
  MIB_512_NON_INTERACTIVE(17, SectorSize.MIB_512, Version.NON_INTERACTIVE),
  GIB_32_NON_INTERACTIVE(18, SectorSize.GIB_32, Version.NON_INTERACTIVE),
  GIB_64_NON_INTERACTIVE(19, SectorSize.GIB_64, Version.NON_INTERACTIVE);

  /** Generations of the proof of replication; each gives a different replica of the same data. */
  public enum Version {
    V1("V1"),
    V1_1("V1_1"),
    SYNTHETIC("V1_1_Feat_SyntheticPoRep"),
    NON_INTERACTIVE("V1_2_Feat_NonInteractivePoRep");

    private final String suffix;

    Version(String suffix) {
      this.suffix = suffix;
    }
  }

  private final int number;
  private final SectorSize size;
  private final Version version;

  SealProof(int number, SectorSize size, Version version) {
    this.number = number;
    this.size = size;
    this.version = version;
  }

  /** The number on chain (abi.RegisteredSealProof). */
  public int number() {
    return number;
  }

  public SectorSize size() {
    return size;
  }

  public Version version() {
    return version;
  }

  /** Whether a sector is pre-committed on chain before its proof: all but non-interactive ones. */
  public boolean hasPreCommit() {
    return version != Version.NON_INTERACTIVE;
  }

  /** Whether sealing makes synthetic proofs, a file of their own. */
  public boolean hasSyntheticProofs() {
    return version == Version.SYNTHETIC;
  }

  /** The sealing library's name, {@code StackedDrg32GiBV1_1}. */
  @JsonValue
  public String registeredName() {
    return "StackedDrg" + size + version.suffix;
  }

  public static SealProof ofNumber(long number) {
    return NamedValues.find(values(), proof -> proof.number == number)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "There is no seal proof of number %d: they go from %d to %d."
                        .formatted(
                            number, values()[0].number, values()[values().length - 1].number)));
  }

  @JsonCreator
  public static SealProof ofName(String name) {
    return NamedValues.find(values(), proof -> proof.registeredName().equals(name))
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "'%s' is not a seal proof: an example of one is StackedDrg32GiBV1_1."
                        .formatted(name)));
  }

  @Override
  public String toString() {
    return registeredName();
  }
}
