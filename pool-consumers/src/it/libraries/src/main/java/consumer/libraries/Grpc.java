package consumer.libraries;

import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** gRPC: one pool is the server's executor and the channel's. */
final class Grpc {

  private static final MethodDescriptor<String, String> ECHO =
      MethodDescriptor.<String, String>newBuilder()
          .setType(MethodDescriptor.MethodType.UNARY)
          .setFullMethodName("consumer.Echo/echo")
          .setRequestMarshaller(new Text())
          .setResponseMarshaller(new Text())
          .build();

  private Grpc() {}

  static int calls(ExecutorService lent, int tasks, Runnable go) throws Exception {
    ServerServiceDefinition service =
        ServerServiceDefinition.builder("consumer.Echo")
            .addMethod(
                ECHO,
                ServerCalls.asyncUnaryCall((text, answers) -> {
                  answers.onNext(text);
                  answers.onCompleted();
                }))
            .build();
    Server server =
        InProcessServerBuilder.forName("echo").executor(lent).addService(service).build().start();
    ManagedChannel channel = InProcessChannelBuilder.forName("echo").executor(lent).build();
    List<ListenableFuture<String>> answers =
        IntStream.range(0, tasks)
            .mapToObj(Integer::toString)
            .map(text ->
                ClientCalls.futureUnaryCall(channel.newCall(ECHO, CallOptions.DEFAULT), text))
            .toList();
    go.run();
    int answered = Futures.allAsList(answers).get().size();
    // Its last tasks come while it ends; the pool must be there for them.
    channel.shutdown().awaitTermination(1, TimeUnit.MINUTES);
    server.shutdown().awaitTermination(1, TimeUnit.MINUTES);
    return answered;
  }

  private static final class Text implements MethodDescriptor.Marshaller<String> {

    @Override
    public InputStream stream(String text) {
      return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String parse(InputStream bytes) {
      try {
        return new String(bytes.readAllBytes(), StandardCharsets.UTF_8);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
