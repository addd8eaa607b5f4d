package io.reseal.pieces;

import io.reseal.config.PieceSettings;
import io.reseal.sector.Piece;
import io.reseal.sector.SectorId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.ProfileCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.exception.SdkServiceException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/** A bucket of pieces in S3 or a compatible service. */
final class S3Source implements RemoteSource {

  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(10);
  private static final Pattern TOTAL = Pattern.compile(".*/([0-9]{1,18})");
  private static final int NOT_SATISFIABLE = 416;

  private final PieceSettings.S3 store;
  private final S3Client client;

  /**
   * @param stall how long the service may send nothing
   * @param environment holds the keys if no file does
   */
  S3Source(PieceSettings.S3 store, Duration stall, Map<String, String> environment) {
    this.store = store;
    S3ClientBuilder builder =
        S3Client.builder()
            .httpClientBuilder(
                UrlConnectionHttpClient.builder()
                    .connectionTimeout(stall.compareTo(CONNECT_LIMIT) < 0 ? stall : CONNECT_LIMIT)
                    .socketTimeout(stall))
            .credentialsProvider(credentials(store, environment))
            .region(Region.of(store.region()))
            .forcePathStyle(true)
            .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
            .overrideConfiguration(
                settings -> settings.retryStrategy(AwsRetryStrategy.doNotRetry()));
    store.endpoint().ifPresent(builder::endpointOverride);
    this.client = builder.build();
  }

  private static AwsCredentialsProvider credentials(
      PieceSettings.S3 store, Map<String, String> environment) {
    if (store.credentialsFile().isPresent()) {
      return ProfileCredentialsProvider.builder()
          .profileName("default")
          .profileFile(
              ProfileFile.builder()
                  .content(store.credentialsFile().get())
                  .type(ProfileFile.Type.CREDENTIALS)
                  .build())
          .build();
    }
    String key = environment.get("AWS_ACCESS_KEY_ID");
    String secret = environment.get("AWS_SECRET_ACCESS_KEY");
    String session = environment.get("AWS_SESSION_TOKEN");
    if (key == null || secret == null) {
      return AnonymousCredentialsProvider.create();
    }
    return StaticCredentialsProvider.create(
        session == null
            ? AwsBasicCredentials.create(key, secret)
            : AwsSessionCredentials.create(key, secret, session));
  }

  @Override
  public String name() {
    return place(store.prefix());
  }

  @Override
  public List<Answer> ask(SectorId sector, Piece piece) {
    List<Answer> answers = ask(keys(PieceNames.of(piece)), piece);
    if (answers.stream().allMatch(Answer::isAbsent)) {
      ask(keys(PieceNames.version2(piece)), piece).stream()
          .filter(answer -> !answer.isAbsent())
          .forEach(answers::add);
    }
    return answers;
  }

  private List<Answer> ask(List<String> keys, Piece piece) {
    List<Answer> answers = new ArrayList<>();
    for (String key : keys) {
      Answer answer = ask(key, piece);
      answers.add(answer);
      if (answer.isOffered()) {
        break;
      }
    }
    return answers;
  }

  private Answer ask(String key, Piece piece) {
    String place = place(key);
    try {
      long length =
          client.headObject(request -> request.bucket(store.bucket()).key(key)).contentLength();
      return PieceForms.fault(piece, length)
          .map(fault -> Answer.of(place, Answer.Verdict.UNFIT, fault))
          .orElseGet(() -> Answer.of(place, Answer.Verdict.OFFERED, length + " bytes"));
    } catch (SdkException e) {
      return explain(e).answer(place);
    }
  }

  @Override
  public Transfer open(Piece piece, long from) throws SourceException {
    try {
      return open(keys(PieceNames.of(piece)), from);
    } catch (SourceException e) {
      if (e.isAbsence()) {
        return open(keys(PieceNames.version2(piece)), from);
      }
      throw e;
    }
  }

  private Transfer open(List<String> keys, long from) throws SourceException {
    SourceException failure = null;
    for (String key : keys) {
      try {
        return open(key, from);
      } catch (SdkException e) {
        failure = failure == null || failure.isAbsence() ? explain(e) : failure;
      }
    }
    throw failure;
  }

  private Transfer open(String key, long from) {
    ResponseInputStream<GetObjectResponse> body;
    try {
      body =
          client.getObject(
              request ->
                  request
                      .bucket(store.bucket())
                      .key(key)
                      .range(from > 0 ? "bytes=%d-".formatted(from) : null));
    } catch (SdkServiceException e) {
      if (from == 0 || e.statusCode() != NOT_SATISFIABLE) {
        throw e;
      }
      long length =
          client.headObject(request -> request.bucket(store.bucket()).key(key)).contentLength();
      return length == from ? Transfer.ofNothing(place(key), from) : open(key, 0);
    }
    GetObjectResponse head = body.response();
    Matcher total = TOTAL.matcher(head.contentRange() == null ? "" : head.contentRange());
    boolean isPart = from > 0 && total.matches();
    return new Transfer(
        place(key),
        body,
        isPart ? from : 0,
        isPart
            ? OptionalLong.of(Long.parseLong(total.group(1)))
            : head.contentLength() == null
                ? OptionalLong.empty()
                : OptionalLong.of(head.contentLength()),
        body::abort);
  }

  private List<String> keys(String name) {
    String key = store.prefix() + name;
    return List.of(key, key + PieceNames.CAR);
  }

  private String place(String key) {
    return "s3://%s/%s%s"
        .formatted(
            store.bucket(), key, store.endpoint().map(endpoint -> " at " + endpoint).orElse(""));
  }

  private static SourceException explain(SdkException e) {
    if (!(e instanceof SdkServiceException service)) {
      return SourceException.unreachable("did not answer (%s)".formatted(e.getMessage()), e);
    }
    int status = service.statusCode();
    if (status == 404) {
      return SourceException.absent("answered 404");
    }
    return status >= 500 || status == 429 || status == 408
        ? SourceException.unreachable("answered " + status, e)
        : SourceException.refused(
            status == 401 || status == 403
                ? "refuses (%d); are its keys right?".formatted(status)
                : "answered " + status);
  }
}
