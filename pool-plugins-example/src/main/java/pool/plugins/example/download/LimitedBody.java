package pool.plugins.example.download;

import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** Takes a body until it is too large. {@code BodyHandlers.limiting} would not say of what. */
final class LimitedBody implements BodySubscriber<byte[]> {

  private final BodySubscriber<byte[]> body = BodySubscribers.ofByteArray();
  private final long maxBytes;
  private long bytes;
  private Flow.@Nullable Subscription subscription; // null once the body is too large

  LimitedBody(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  @Override
  public CompletionStage<byte[]> getBody() {
    return body.getBody();
  }

  @Override
  public void onSubscribe(Flow.Subscription subscription) {
    this.subscription = subscription;
    body.onSubscribe(subscription);
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    if (subscription == null) {
      return; // it may not yet know that it is cancelled
    }
    bytes += buffers.stream().mapToLong(ByteBuffer::remaining).sum();
    if (bytes <= maxBytes) {
      body.onNext(buffers);
      return;
    }
    subscription.cancel();
    subscription = null;
    body.onError(new IOException("body is larger than max-bytes, " + maxBytes));
  }

  @Override
  public void onError(Throwable failure) {
    if (subscription != null) {
      body.onError(failure);
    }
  }

  @Override
  public void onComplete() {
    if (subscription != null) {
      body.onComplete();
    }
  }
}
