package pool.plugins.example.download;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * Takes a body until it is too large. It copies the bytes and then asks for the next buffer: a
 * buffer of the client takes as much memory for one byte as for thousands.
 */
final class LimitedBody implements BodySubscriber<byte[]> {

  /** The part to read of a body that nobody wants: mostly all of it, to keep the connection. */
  private static final long UNWANTED = 64_000;

  private final CompletableFuture<byte[]> body = new CompletableFuture<>();
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final long maxBytes;
  private final long announced;
  private final boolean wanted;
  private Flow.@Nullable Subscription subscription; // null once the body has ended

  private LimitedBody(long maxBytes, long announced, boolean wanted) {
    this.maxBytes = maxBytes;
    this.announced = announced;
    this.wanted = wanted;
  }

  /** Takes the body of a document, or a part of what a server sends instead. */
  static BodyHandler<byte[]> handler(long maxBytes) {
    return response -> {
      long announced = response.headers().firstValueAsLong("Content-Length").orElse(0);
      return response.statusCode() == 200
          ? new LimitedBody(maxBytes, announced, true)
          : new LimitedBody(UNWANTED, 0, false); // a 304 announces a body that it does not send
    };
  }

  @Override
  public CompletionStage<byte[]> getBody() {
    return body;
  }

  @Override
  public void onSubscribe(Flow.Subscription subscription) {
    this.subscription = subscription;
    if (announced > maxBytes) {
      stop(subscription);
    } else {
      subscription.request(1);
    }
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    Flow.Subscription source = subscription;
    if (source == null) {
      return; // the publisher may not know yet that it is cancelled
    }
    for (ByteBuffer buffer : buffers) {
      if (bytes.size() + (long) buffer.remaining() > maxBytes) {
        stop(source);
        return;
      }
      byte[] copy = new byte[buffer.remaining()];
      buffer.get(copy);
      bytes.writeBytes(copy);
    }
    source.request(1);
  }

  private void stop(Flow.Subscription source) {
    subscription = null;
    source.cancel();
    if (wanted) {
      body.completeExceptionally(new IOException("body is larger than max-bytes, " + maxBytes));
    } else {
      body.complete(bytes.toByteArray());
    }
  }

  @Override
  public void onError(Throwable failure) {
    subscription = null;
    body.completeExceptionally(failure);
  }

  @Override
  public void onComplete() {
    subscription = null;
    body.complete(bytes.toByteArray());
  }
}
