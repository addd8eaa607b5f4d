package io.reseal.chain;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** Answers that several sectors share: each is asked for once, its failure kept like a value. */
final class Once<K, V> {

  private final ConcurrentHashMap<K, CompletableFuture<V>> answers = new ConcurrentHashMap<>();

  V get(K key, Function<K, V> asker) {
    CompletableFuture<V> mine = new CompletableFuture<>();
    CompletableFuture<V> first = answers.putIfAbsent(key, mine);
    if (first == null) {
      try {
        mine.complete(asker.apply(key));
      } catch (RuntimeException e) {
        mine.completeExceptionally(e);
      }
      first = mine;
    }
    try {
      return first.join();
    } catch (CompletionException | CancellationException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw e;
    }
  }
}
