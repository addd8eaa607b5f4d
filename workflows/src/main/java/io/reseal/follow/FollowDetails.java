package io.reseal.follow;

import io.reseal.contract.FollowRequest;
import io.reseal.contract.OnChain;
import io.reseal.contract.SoftwareAnswer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** The current details of a followed sector in Temporal's Web UI: a few lines of Markdown. */
final class FollowDetails {

  private FollowDetails() {}

  static String render(FollowRequest request, FollowRequest.Reached reached) {
    StringBuilder text = new StringBuilder();
    text.append("**Sector %s on chain**".formatted(request.sector()));
    OnChain onChain = reached.onChain();
    if (onChain != null) {
      text.append(": %s\n\n%s".formatted(onChain.course(), onChain.text()));
      problem(text, onChain.attention(), onChain.command());
      if (onChain.nextLook() != null) {
        text.append("\n\nNext look at the chain: ")
            .append(Instant.ofEpochMilli(onChain.nextLook()).truncatedTo(ChronoUnit.SECONDS));
      }
    }
    SoftwareAnswer software = reached.software();
    if (software != null) {
      text.append("\n\n" + software.text());
      problem(text, software.sees() ? null : "It does not see the files.", software.command());
    }
    return text.append("\n").toString();
  }

  private static void problem(StringBuilder text, String what, String command) {
    if (what != null) {
      text.append("\n\n⚠ " + what);
    }
    if (command != null) {
      text.append("\n\n`%s`".formatted(command));
    }
  }
}
