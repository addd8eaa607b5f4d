package io.reseal.core;

import com.fasterxml.jackson.databind.JsonNode;
import io.reseal.contract.FailureType;
import io.reseal.contract.HasFailureType;
import java.nio.file.Path;
import java.util.Optional;

/** The native core refused or failed; its message is one sentence for operators. */
public final class CoreException extends Exception implements HasFailureType {

  private final CoreCode code;
  private final String file;

  public CoreException(CoreCode code, String message) {
    this(code, message, null);
  }

  /**
   * @param file the file or directory that the error is about; null if none
   */
  public CoreException(CoreCode code, String message, String file) {
    super(message);
    this.code = code;
    this.file = file;
  }

  /** The error that a stage process wrote after {@code "error":}. */
  public static CoreException of(JsonNode error) {
    String code = error.path("code").asText();
    String message = error.path("message").asText();
    String file = error.path("file").asText(null);
    return CoreCode.ofText(code)
        .map(known -> new CoreException(known, message, file))
        .orElseGet(
            () ->
                new CoreException(
                    CoreCode.PROOFS,
                    "The sealing core gave an unknown error code '%s': %s".formatted(code, message),
                    file));
  }

  public CoreCode code() {
    return code;
  }

  /** The file or directory that the error is about, if the core knows one. */
  public Optional<Path> file() {
    return Optional.ofNullable(file).map(Path::of);
  }

  @Override
  public FailureType failureType() {
    return code.failureType();
  }
}
