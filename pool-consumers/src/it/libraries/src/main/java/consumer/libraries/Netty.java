package consumer.libraries;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.local.LocalAddress;
import io.netty.channel.local.LocalChannel;
import io.netty.channel.local.LocalIoHandler;
import io.netty.channel.local.LocalServerChannel;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.function.BiConsumer;

/** Netty: a server's only event loop hands each message to the pool, which answers it. */
final class Netty {

  private Netty() {}

  static int messages(ExecutorService lent, int tasks, Runnable go) throws Exception {
    CountDownLatch unread = new CountDownLatch(tasks);
    CountDownLatch unanswered = new CountDownLatch(tasks);
    EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, LocalIoHandler.newFactory());
    LocalAddress address = new LocalAddress("echo");
    new ServerBootstrap()
        .group(loop)
        .channel(LocalServerChannel.class)
        .childHandler(
            onRead((context, message) -> {
              lent.execute(() -> context.writeAndFlush(message));
              unread.countDown();
            }))
        .bind(address)
        .sync();
    Channel client =
        new Bootstrap()
            .group(loop)
            .channel(LocalChannel.class)
            .handler(onRead((_, _) -> unanswered.countDown()))
            .connect(address)
            .sync()
            .channel();
    for (int i = 0; i < tasks; i++) {
      client.writeAndFlush(i);
    }
    unread.await();
    go.run();
    unanswered.await();
    loop.shutdownGracefully();
    return tasks;
  }

  private static ChannelHandler onRead(BiConsumer<ChannelHandlerContext, Object> action) {
    return new ChannelInitializer<Channel>() {
      @Override
      protected void initChannel(Channel channel) {
        channel
            .pipeline()
            .addLast(
                new ChannelInboundHandlerAdapter() {
                  @Override
                  public void channelRead(ChannelHandlerContext context, Object message) {
                    action.accept(context, message);
                  }
                });
      }
    };
  }
}
