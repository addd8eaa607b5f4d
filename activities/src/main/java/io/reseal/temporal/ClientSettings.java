package io.reseal.temporal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.reseal.config.Installation;
import io.temporal.envconfig.ClientConfigProfile;
import io.temporal.envconfig.ClientConfigTLS;
import io.temporal.envconfig.LoadClientConfigProfileOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;

/**
 * Temporal's own client settings for one server: keys and certificates from {@code TEMPORAL_…}
 * variables and profiles.
 */
public final class ClientSettings {

  private final ClientConfigProfile profile;

  private ClientSettings(ClientConfigProfile profile) {
    this.profile = profile;
  }

  /**
   * The settings for a server. Those that name another server, with its secrets, are not used for
   * this one, unless the installation names them, which is a mistake then.
   */
  public static ClientSettings of(Installation.Temporal server, Map<String, String> environment) {
    ClientConfigProfile profile = load(server.profile(), environment);
    if (profile.getAddress() == null || profile.getAddress().equals(server.address())) {
      return new ClientSettings(profile);
    }
    if (server.profile().isPresent()) {
      throw new TemporalException(
          "Temporal's client settings name %s for profile '%s', but [temporal] in reseal.toml names %s: make them the same."
              .formatted(profile.getAddress(), server.profile().get(), server.address()));
    }
    return new ClientSettings(ClientConfigProfile.getDefaultInstance());
  }

  private static ClientConfigProfile load(Optional<String> name, Map<String, String> environment) {
    LoadClientConfigProfileOptions.Builder options =
        LoadClientConfigProfileOptions.newBuilder().setEnvOverrides(environment);
    name.ifPresent(options::setConfigFileProfile);
    try {
      return ClientConfigProfile.load(options.build());
    } catch (IOException | IllegalStateException | IllegalArgumentException e) {
      throw new TemporalException(
          "Temporal's client settings (TEMPORAL_… variables, profile file) cannot be used: "
              + e.getMessage(),
          e);
    }
  }

  ClientConfigProfile profile() {
    return profile;
  }

  /**
   * Whom the server takes its client for: the common name of the client's certificate, or the
   * subject of its API key. Empty if it has neither, or none that can be read.
   */
  public Optional<String> name() {
    return certificate().flatMap(ClientSettings::commonName).or(this::subjectOfKey);
  }

  private Optional<X509Certificate> certificate() {
    ClientConfigTLS tls = profile.getTls();
    if (tls == null || Boolean.TRUE.equals(tls.isDisabled())) {
      return Optional.empty();
    }
    try {
      byte[] data =
          tls.getClientCertPath() == null
              ? tls.getClientCertData()
              : Files.readAllBytes(Path.of(tls.getClientCertPath()));
      return data == null
          ? Optional.empty()
          : Optional.of(
              (X509Certificate)
                  CertificateFactory.getInstance("X.509")
                      .generateCertificate(new ByteArrayInputStream(data)));
    } catch (IOException | GeneralSecurityException e) {
      // The connection will say what is wrong with it.
      return Optional.empty();
    }
  }

  private static Optional<String> commonName(X509Certificate certificate) {
    try {
      List<Rdn> parts = new LdapName(certificate.getSubjectX500Principal().getName()).getRdns();
      return parts.stream()
          .filter(part -> part.getType().equalsIgnoreCase("CN"))
          .map(part -> part.getValue().toString())
          .findFirst();
    } catch (InvalidNameException e) {
      return Optional.empty();
    }
  }

  private Optional<String> subjectOfKey() {
    String[] parts = profile.getApiKey() == null ? new String[0] : profile.getApiKey().split("\\.");
    if (parts.length != 3) {
      return Optional.empty();
    }
    try {
      JsonNode claims = new ObjectMapper().readTree(Base64.getUrlDecoder().decode(parts[1]));
      return Optional.ofNullable(claims.path("sub").textValue());
    } catch (IOException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
