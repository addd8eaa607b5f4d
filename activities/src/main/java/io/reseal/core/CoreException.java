package io.reseal.core;

import com.fasterxml.jackson.databind.JsonNode;

/** The native core refused or failed; its message is one sentence for people. */
public final class CoreException extends Exception {

  private final CoreCode code;

  public CoreException(CoreCode code, String message) {
    super(message);
    this.code = code;
  }

  /** What a stage process wrote after {@code "error":}. */
  public static CoreException of(JsonNode error) {
    String code = error.path("code").asText();
    return CoreCode.ofText(code)
        .map(known -> new CoreException(known, error.path("message").asText()))
        .orElseGet(
            () ->
                new CoreException(
                    CoreCode.PROOFS,
                    "The sealing core gave an unknown error code '%s': %s"
                        .formatted(code, error.path("message").asText())));
  }

  public CoreCode code() {
    return code;
  }
}
