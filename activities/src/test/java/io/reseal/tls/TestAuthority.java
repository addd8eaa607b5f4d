package io.reseal.tls;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A certificate authority of a test, with its files in a directory. */
public final class TestAuthority {

  /**
   * A certificate and its key, in PEM.
   *
   * @param certificate its file
   * @param key the private key's file
   */
  public record Issued(Path certificate, Path key) {}

  private static final X500Name NAME = new X500Name("CN=Authority of a test");
  private static final Duration VALID = Duration.ofDays(1);

  private final Path directory;
  private final KeyPair keys;

  /** Makes the authority and its certificate. */
  public TestAuthority(Path directory) {
    this.directory = directory;
    this.keys = newKeys();
    write(certificate(), "CERTIFICATE", encoded(sign(NAME, keys, true, NAME)));
  }

  /** The authority's own certificate, in PEM. */
  public Path certificate() {
    return directory.resolve("authority.pem");
  }

  /** A certificate for a server or client at 127.0.0.1. */
  public Issued issue(String name) {
    KeyPair issued = newKeys();
    Path certificate = directory.resolve(name + ".pem");
    Path key = directory.resolve(name + ".key");
    write(
        certificate, "CERTIFICATE", encoded(sign(new X500Name("CN=" + name), issued, false, NAME)));
    write(key, "PRIVATE KEY", issued.getPrivate().getEncoded());
    return new Issued(certificate, key);
  }

  private X509CertificateHolder sign(
      X500Name subject, KeyPair of, boolean authority, X500Name issuer) {
    Instant now = Instant.now();
    X509v3CertificateBuilder builder =
        new JcaX509v3CertificateBuilder(
            issuer,
            BigInteger.valueOf(System.nanoTime()),
            Date.from(now.minus(VALID)),
            Date.from(now.plus(VALID)),
            subject,
            of.getPublic());
    try {
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
      builder.addExtension(
          Extension.subjectAlternativeName,
          false,
          new GeneralNames(new GeneralName(GeneralName.iPAddress, "127.0.0.1")));
      return builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate()));
    } catch (IOException | OperatorCreationException e) {
      throw new AssertionError(e);
    }
  }

  private static byte[] encoded(X509CertificateHolder certificate) {
    try {
      return certificate.getEncoded();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static KeyPair newKeys() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(256);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static void write(Path file, String kind, byte[] content) {
    String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
    try {
      Files.writeString(
          file, "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(kind, text, kind));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
