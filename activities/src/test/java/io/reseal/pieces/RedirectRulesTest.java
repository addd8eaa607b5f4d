package io.reseal.pieces;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedirectRulesTest {

  private static final URI OUTSIDE = URI.create("https://93.184.216.34/piece/x");

  /** Seen to fail for each of them with the addresses not looked at. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "127.9.9.9",
        "0.0.0.0",
        "10.0.0.1",
        "172.16.3.4",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "[::1]",
        "[::]",
        "[fe80::1]",
        "[fd00::1]",
        "[::ffff:127.0.0.1]"
      })
  void aStoreOutsideNeverSendsItsCallersInside(String host) throws UnknownHostException {
    URI inside = URI.create("https://" + host + "/latest");

    assertThat(RedirectRules.refusal(addresses(OUTSIDE), inside, addresses(inside)))
        .hasValueSatisfying(why -> assertThat(why).contains("an address of this network"));
  }

  private static List<InetAddress> addresses(URI uri) throws UnknownHostException {
    return List.of(InetAddress.getAllByName(uri.getHost()));
  }

  @Test
  void aStoreInsideMaySendItsCallersInsideToAnAllowedHost() throws UnknownHostException {
    URI inside = URI.create("http://10.0.0.7/piece/x");

    assertThat(RedirectRules.refusal(addresses(inside), inside, addresses(inside))).isEmpty();

    assertThat(
            new RedirectRules(List.of("10.0.0.8"))
                .refusal(inside, inside, URI.create("http://10.0.0.8:9000/x")))
        .isEmpty();
    assertThat(
            new RedirectRules(List.of())
                .refusal(inside, inside, URI.create("http://10.0.0.8:9000/x")))
        .hasValueSatisfying(why -> assertThat(why).contains("`allowed_hosts`"));
  }

  @Test
  void anotherHostIsFollowedOnlyWhereItIsAllowed() {
    URI other = URI.create("https://93.184.216.99/x?signature=secret");

    assertThat(new RedirectRules(List.of("93.184.216.99")).refusal(OUTSIDE, OUTSIDE, other))
        .isEmpty();
    assertThat(new RedirectRules(List.of()).refusal(OUTSIDE, OUTSIDE, other))
        .hasValueSatisfying(
            why -> assertThat(why).contains("93.184.216.99").doesNotContain("secret"));
    assertThat(
            new RedirectRules(List.of())
                .refusal(OUTSIDE, OUTSIDE, URI.create("https://93.184.216.34/elsewhere")))
        .isEmpty();
  }

  @Test
  void anEncryptedConnectionStaysEncrypted() {
    assertThat(
            new RedirectRules(List.of())
                .refusal(OUTSIDE, OUTSIDE, URI.create("http://93.184.216.34/piece/x")))
        .hasValueSatisfying(why -> assertThat(why).contains("from https to http"));
  }

  @Test
  void otherProtocolsAreNotFollowed() {
    assertThat(
            new RedirectRules(List.of("x"))
                .refusal(OUTSIDE, OUTSIDE, URI.create("file:///etc/passwd")))
        .isPresent();
  }

  @Test
  void aSecretIsForTheVeryServerAlone() {
    assertThat(RedirectRules.isSameServer(OUTSIDE, URI.create("https://93.184.216.34:443/y")))
        .isTrue();
    assertThat(RedirectRules.isSameServer(OUTSIDE, URI.create("https://93.184.216.34:8443/y")))
        .isFalse();
    assertThat(RedirectRules.isSameServer(OUTSIDE, URI.create("http://93.184.216.34/y"))).isFalse();
    assertThat(RedirectRules.isSameServer(OUTSIDE, URI.create("https://93.184.216.35/y")))
        .isFalse();
  }
}
