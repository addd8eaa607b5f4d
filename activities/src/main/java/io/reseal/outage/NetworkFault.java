package io.reseal.outage;

import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertificateException;
import java.util.Optional;
import javax.net.ssl.SSLException;

/** Why a service could not be reached, by the exceptions that caused the failure. */
public enum NetworkFault {
  TLS("the encrypted connection (TLS) cannot be made"),
  UNKNOWN_HOST("no host has that name"),
  REFUSED("nothing accepts connections there"),
  TIMEOUT("it did not answer in time");

  private final String text;

  NetworkFault(String text) {
    this.text = text;
  }

  /** The most specific fault among the causes, if there is one. */
  public static Optional<NetworkFault> of(Throwable thrown) {
    Optional<NetworkFault> found = Optional.empty();
    for (Throwable at = thrown; at != null; at = at.getCause()) {
      Optional<NetworkFault> here = ofAlone(at);
      found = here.isPresent() ? here : found;
    }
    return found;
  }

  private static Optional<NetworkFault> ofAlone(Throwable thrown) {
    if (thrown instanceof SSLException || thrown instanceof CertificateException) {
      return Optional.of(TLS);
    }
    if (thrown instanceof UnknownHostException || thrown instanceof UnresolvedAddressException) {
      return Optional.of(UNKNOWN_HOST);
    }
    if (thrown instanceof ConnectException) {
      return Optional.of(REFUSED);
    }
    return thrown instanceof SocketTimeoutException ? Optional.of(TIMEOUT) : Optional.empty();
  }

  /** The innermost cause's own words, in one line. */
  public static String words(Throwable thrown) {
    Throwable innermost = thrown;
    while (innermost.getCause() != null) {
      innermost = innermost.getCause();
    }
    String message = innermost.getMessage();
    return message == null || message.isBlank()
        ? innermost.getClass().getSimpleName()
        : message.strip().lines().findFirst().orElse("").strip();
  }

  /** What happened, in half a sentence. */
  public String text() {
    return text;
  }
}
