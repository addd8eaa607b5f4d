package io.reseal.core;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.NativeLongByReference;
import com.sun.jna.ptr.PointerByReference;
import io.reseal.inspection.CommitmentCalculator;
import io.reseal.inspection.RootsHash;
import io.reseal.sector.Commitment;
import io.reseal.sector.PAux;
import io.reseal.sector.Piece;
import io.reseal.sector.Randomness;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** The native core's short calls, in this process. Thread-safe. */
public final class NativeCore
    implements CommitmentCalculator<CoreException>, RootsHash<CoreException> {

  static final int ABI_VERSION = 1;

  private static final ObjectMapper JSON = new ObjectMapper();

  /** The C ABI, see {@code reseal_core.h}. */
  interface Abi extends Library {
    String reseal_cpu_missing();

    int reseal_abi_version();

    int reseal_call(
        byte[] request,
        NativeLong requestLength,
        PointerByReference out,
        NativeLongByReference outLength);

    void reseal_free(Pointer out, NativeLong outLength);
  }

  private final Abi abi;

  private NativeCore(Abi abi) {
    this.abi = abi;
  }

  /** Loads the library and checks that it fits this CPU and this program. */
  public static NativeCore load(CoreFiles files) {
    Abi abi;
    try {
      abi = Native.load(files.library().toString(), Abi.class);
    } catch (LinkageError e) {
      throw new CoreNotFoundException(
          "The native core %s cannot be loaded: %s".formatted(files.library(), reason(e)), e);
    }
    String missing = abi.reseal_cpu_missing();
    if (!missing.isEmpty()) {
      throw new CoreNotFoundException(
          "This CPU lacks what the native core %s is built for: %s. Build it for this CPU, or seal on another host."
              .formatted(files.library(), missing));
    }
    if (abi.reseal_abi_version() != ABI_VERSION) {
      throw new CoreNotFoundException(
          "The native core %s has ABI version %d, this program needs %d: build both from one checkout."
              .formatted(files.library(), abi.reseal_abi_version(), ABI_VERSION));
    }
    return new NativeCore(abi);
  }

  /**
   * Why. If the library that reaches native code could not be unpacked, e.g. because the disk of
   * temporary files is full, only the first attempt says so itself.
   */
  private static String reason(LinkageError error) {
    return error.getCause() == null ? error.getMessage() : error.getCause().getMessage();
  }

  /** Versions, flavour, error codes. */
  public JsonNode describe() throws CoreException {
    return call("describe", JSON.createObjectNode());
  }

  /** CommD of the complete list of pieces; of an empty sector if there are none. */
  @Override
  public Commitment commD(SealProof proof, List<Piece> pieces) throws CoreException {
    ArrayNode list = JSON.createArrayNode();
    for (Piece piece : pieces) {
      list.addObject().put("commitment", piece.commitment().hex()).put("size", piece.size());
    }
    ObjectNode request = JSON.createObjectNode().put("proof", proof.registeredName());
    request.set("pieces", list);
    return new Commitment(call("comm_d", request).path("comm_d").asText());
  }

  @Override
  public Optional<Commitment> commR(PAux roots) throws CoreException {
    ObjectNode request =
        JSON.createObjectNode()
            .put("comm_c", roots.commC().hex())
            .put("comm_r_last", roots.commRLast().hex());
    try {
      return Optional.of(new Commitment(call("comm_r", request).path("comm_r").asText()));
    } catch (CoreException e) {
      if (e.code() == CoreCode.INVALID_REQUEST) {
        // They are no field elements.
        return Optional.empty();
      }
      throw e;
    }
  }

  /** The replica id, from which the labels of a sector are derived. */
  @Override
  public Commitment replicaId(SectorId sector, SealProof proof, Randomness ticket, Commitment commD)
      throws CoreException {
    ObjectNode request =
        JSON.createObjectNode()
            .put("proof", proof.registeredName())
            .put("miner", sector.miner())
            .put("number", sector.number())
            .put("ticket", ticket.value())
            .put("comm_d", commD.hex());
    return new Commitment(call("replica_id", request).path("replica_id").asText());
  }

  JsonNode call(String operation, ObjectNode request) throws CoreException {
    byte[] bytes = request.put("op", operation).toString().getBytes(StandardCharsets.UTF_8);
    PointerByReference out = new PointerByReference();
    NativeLongByReference length = new NativeLongByReference();
    int code = abi.reseal_call(bytes, new NativeLong(bytes.length), out, length);
    JsonNode answer = take(out.getValue(), length.getValue());
    if (code != 0) {
      throw CoreException.of(answer);
    }
    return answer;
  }

  private JsonNode take(Pointer out, NativeLong length) throws CoreException {
    try {
      return JSON.readTree(
          new String(out.getByteArray(0, length.intValue()), StandardCharsets.UTF_8));
    } catch (JsonProcessingException e) {
      throw new CoreException(
          CoreCode.PROOFS, "The sealing core's answer is not JSON: " + e.getOriginalMessage());
    } finally {
      abi.reseal_free(out, length);
    }
  }
}
