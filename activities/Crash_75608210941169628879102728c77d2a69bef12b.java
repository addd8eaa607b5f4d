import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;

public class Crash_75608210941169628879102728c77d2a69bef12b {
  static final String base64Bytes = String.join("", "LwAAAAyS+gX6+iL6");

  public static void main(String[] args) throws Throwable {
    Crash_75608210941169628879102728c77d2a69bef12b.class
        .getClassLoader()
        .setDefaultAssertionStatus(true);
    try {
      Method fuzzerInitialize = io.reseal.chain.NodeAnswerFuzz.class.getMethod("fuzzerInitialize");
      fuzzerInitialize.invoke(null);
    } catch (NoSuchMethodException ignored) {
      try {
        Method fuzzerInitialize =
            io.reseal.chain.NodeAnswerFuzz.class.getMethod("fuzzerInitialize", String[].class);
        fuzzerInitialize.invoke(null, (Object) args);
      } catch (NoSuchMethodException ignored1) {
      } catch (IllegalAccessException | InvocationTargetException e) {
        e.printStackTrace();
        System.exit(1);
      }
    } catch (IllegalAccessException | InvocationTargetException e) {
      e.printStackTrace();
      System.exit(1);
    }
    byte[] input = java.util.Base64.getDecoder().decode(base64Bytes);
    io.reseal.chain.NodeAnswerFuzz.fuzzerTestOneInput(input);
  }
}
