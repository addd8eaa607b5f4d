package io.reseal.pieces;

import io.reseal.config.Loopback;
import io.reseal.config.PieceSettings;
import io.reseal.reading.SmallFile;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/** The secret that a piece store requires, read again for each use because it may be renewed. */
final class BearerToken {

  private final PieceSettings.Http store;
  private final Map<String, String> environment;

  BearerToken(PieceSettings.Http store, Map<String, String> environment) {
    this.store = store;
    this.environment = environment;
  }

  /** The header's value, or empty if the store requires none. */
  Optional<String> header() throws SourceException {
    Optional<String> token = token();
    if (token.isPresent() && !token.get().matches("[\\x21-\\x7e]+")) {
      throw SourceException.refused(
          "was not asked: its token is empty or contains a space or another character not allowed");
    }
    if (token.isPresent() && isReadableOnTheWay()) {
      throw SourceException.refused(
          "was not asked: its token would be sent unencrypted; use https, or set plaintext_token ="
              + " true for it");
    }
    return token.map(word -> "Bearer " + word);
  }

  private boolean isReadableOnTheWay() {
    return !store.plaintextToken() && Loopback.isPlaintextBeyond(store.addresses("cid").get(0));
  }

  private Optional<String> token() throws SourceException {
    if (store.tokenEnv().isPresent()) {
      String name = store.tokenEnv().get();
      return Optional.of(environment.getOrDefault(name, "").strip());
    }
    if (store.tokenFile().isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(SmallFile.readNamedText(store.tokenFile().get()).strip());
    } catch (IOException e) {
      throw SourceException.refused(
          "was not asked: its token cannot be read from " + store.tokenFile().get());
    }
  }
}
